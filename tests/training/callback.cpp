// SPDX-License-Identifier: MIT
#include <boltz/training/callback.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <string>

namespace test_callback {

using namespace boltz;

namespace {

using Rbm = decltype(test::bernoulli_rbm<float>());

template <class... Callbacks>
FitReport fit(FitOptions const& options, Callbacks&&... callbacks) {
    auto model = test::randomised(test::bernoulli_rbm<float>(), 0.1, 0.1, 1);
    auto const data = test::bars<float>(2); // 8 cases
    Random random{1};
    return Trainer{ContrastiveDivergence{}, Sgd{}}.fit(model, data, options, random, callbacks...);
}

struct Writes {
    std::string name;
    std::string* to;
    template <class M>
    void on_train_begin(M const&, TrainingInfo const&) {
        *to += "begin " + name + '\n';
    }
    template <class M>
    void on_batch_end(M const&, TrainingInfo const&) {
        *to += "batch " + name + '\n';
    }
    template <class M>
    void on_epoch_end(M const&, TrainingInfo const&) {
        *to += "epoch " + name + '\n';
    }
    template <class M>
    void on_train_end(M const&, TrainingInfo const&) {
        *to += "end " + name + '\n';
    }
};

struct StopsAtEpoch {
    std::uint64_t epoch;
    template <class M>
    bool on_epoch_end(M const&, TrainingInfo const& info) {
        return info.clock.epoch >= epoch;
    }
};

struct StopsAtUpdate {
    std::uint64_t update;
    template <class M>
    bool on_batch_end(M const&, TrainingInfo const& info) {
        return info.clock.update >= update;
    }
};

struct Misspelt {
    template <class M>
    void on_epoch_ends(M const&, TrainingInfo const&) {}
};

} // namespace

TEST_CASE("an object with a hook is a callback and one without is not") {
    STATIC_REQUIRE(concepts::Callback<test::Recorder, Rbm>);
    STATIC_REQUIRE(concepts::Callback<StopsAtEpoch, Rbm>);
    STATIC_REQUIRE(concepts::Callback<StopsAtUpdate, Rbm>);
    STATIC_REQUIRE_FALSE(concepts::Callback<Misspelt, Rbm>);
    STATIC_REQUIRE_FALSE(concepts::Callback<int, Rbm>);
}

TEST_CASE("callbacks are called in the order in which they are given") {
    std::string text;
    fit({.epochs = 1, .batch_size = 100}, Writes{"a", &text}, Writes{"b", &text});
    CHECK(text == "begin a\nbegin b\nbatch a\nbatch b\nepoch a\nepoch b\nend a\nend b\n");
}

TEST_CASE("hooks are called once a batch, an epoch and a training") {
    test::Recorder recorder;
    auto const report = fit({.epochs = 3, .batch_size = 3, .phase = "name"}, recorder);
    CHECK(recorder.train_begins == 1);
    CHECK(recorder.train_ends == 1);
    CHECK(recorder.phases == std::vector<std::string>{"name"});
    CHECK(recorder.batches ==
          std::vector<Clock>{
              {0, 1, 1}, {0, 2, 2}, {0, 3, 3}, {1, 1, 4}, {1, 2, 5}, {1, 3, 6}, {2, 1, 7}, {2, 2, 8}, {2, 3, 9}});
    CHECK(recorder.epochs == std::vector<Clock>{{1, 0, 3}, {2, 0, 6}, {3, 0, 9}});
    CHECK(recorder.last.epochs == 3);
    CHECK(recorder.last.batches == 3);
    CHECK(recorder.last.cases == 8);
    CHECK(recorder.last.finished);
    CHECK(report.clock == Clock{3, 0, 9});
    CHECK(report.phase == "name");
    CHECK_FALSE(report.stopped);
}

TEST_CASE("no epochs: the training begins and ends, and that is all") {
    test::Recorder recorder;
    auto const report = fit({.epochs = 0}, recorder);
    CHECK(recorder.train_begins == 1);
    CHECK(recorder.train_ends == 1);
    CHECK(recorder.batches.empty());
    CHECK(recorder.epochs.empty());
    CHECK(recorder.last.finished);
    CHECK(report.clock == Clock{});
    CHECK_FALSE(report.stopped);
}

TEST_CASE("an epoch hook that returns true ends the training, and the others still hear of the epoch") {
    test::Recorder recorder;
    auto const report = fit({.epochs = 5, .batch_size = 4}, StopsAtEpoch{2}, recorder);
    CHECK(report.stopped);
    CHECK(report.clock == Clock{2, 0, 4});
    CHECK(recorder.epochs.size() == 2);
    CHECK(recorder.train_ends == 1);
    CHECK_FALSE(recorder.last.finished);
}

TEST_CASE("a batch hook that returns true ends the training in the middle of the epoch") {
    test::Recorder recorder;
    auto const report = fit({.epochs = 5, .batch_size = 3}, StopsAtUpdate{5}, recorder);
    CHECK(report.stopped);
    CHECK(report.clock == Clock{1, 2, 5});
    CHECK(recorder.batches.size() == 5);
    CHECK(recorder.epochs.size() == 1);
    CHECK(recorder.train_ends == 1);
}

TEST_CASE("metrics belong to one epoch and later callbacks see those of earlier ones") {
    struct Measures {
        void on_epoch_end(Rbm const&, TrainingInfo const& info) {
            info.metrics->push_back({"epoch", static_cast<double>(info.clock.epoch)});
        }
    };
    struct Reads {
        std::vector<std::size_t> sizes{};
        void on_epoch_end(Rbm const&, TrainingInfo const& info) { sizes.push_back(info.metrics->size()); }
    };
    Reads before, after;
    auto const report = fit({.epochs = 3}, before, Measures{}, after);
    CHECK(before.sizes == std::vector<std::size_t>{0, 0, 0});
    CHECK(after.sizes == std::vector<std::size_t>{1, 1, 1});
    REQUIRE(report.metrics.size() == 1);
    CHECK(report.metrics[0].name == "epoch");
    CHECK(report.metrics[0].value == 3);
}

} // namespace test_callback
