// SPDX-License-Identifier: MIT
#include <boltz/callback/checkpoint.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/early_stop.hpp>
#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/io/checkpoint_file.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <cstring>
#include <limits>

namespace test_checkpoint {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

std::uint64_t number(Arrays const& arrays, std::string const& name) {
    std::uint64_t value = 0;
    std::memcpy(&value, arrays.at(name).bytes.data(), sizeof value);
    return value;
}

Trainer const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}};

template <class... Callbacks>
void fit(FitOptions const& options, Callbacks&&... callbacks) {
    auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
    Random random{1};
    recipe.fit(model, test::bars(2), options, random, callbacks...);
}

struct Crash {};

/// Dies in the second RBM of a pretraining, in the first batch after an epoch.
struct CrashAt {
    std::uint64_t epoch;
    template <class M>
    void on_batch_end(M const&, TrainingInfo const& info) const {
        if (info.phase == "pretraining 2" && info.clock.epoch == epoch) throw Crash{};
    }
};

} // namespace

TEST_CASE("a checkpoint is written every few epochs and at the end") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    std::vector<std::uint64_t> seen;
    OnEpochEnd look{[&](auto const&, TrainingInfo const&) {
        seen.push_back(std::filesystem::exists(path) ? number(read_checkpoint(path), "epoch") : 0);
    }};
    fit({.epochs = 5}, Checkpoint{path, 2}, look);
    CHECK(seen == std::vector<std::uint64_t>{0, 2, 2, 4, 4});
    CHECK(number(read_checkpoint(path), "epoch") == 5);
    CHECK(folder.count() == 1);
}

TEST_CASE("a checkpoint is written when a training is stopped in the middle of an epoch") {
    TemporaryFolder const folder;
    fit({.epochs = 5, .batch_size = 2}, Checkpoint{folder / "c.npz", 100}, StopWhen{test::AfterBatches{6}});
    auto const arrays = read_checkpoint(folder / "c.npz");
    CHECK(number(arrays, "epoch") == 1);
    CHECK(number(arrays, "batch") == 2);
    CHECK(number(arrays, "update") == 6);
}

TEST_CASE("every phase of a pretraining has its last state written") {
    TemporaryFolder const folder;
    auto model = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 0.1, 0.1, 1);
    Random random{1};
    DoubledInput{ContrastiveDivergence{}, Sgd{}}.pretrain(model, test::bars(2), {.epochs = 3}, random,
                                                          Checkpoint{folder / "c.npz", 100});
    auto const arrays = read_checkpoint(folder / "c.npz");
    CHECK(number(arrays, "pretraining_1/epoch") == 3);
    CHECK(number(arrays, "pretraining_2/epoch") == 3);
}

TEST_CASE("a phase that a callback has ended stays ended after a resume, wherever the checkpoint stands") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    auto const fit_from = [&](bool resumed, bool checkpoint_last) {
        auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
        auto session = recipe.bind(model);
        if (resumed) resume(path, session);
        Random random{1};
        OnEpochEnd end{
            [](auto const&, TrainingInfo const& info) { return info.clock.epoch == 2 ? Stop::phase : Stop::no; }};
        FitOptions const options{.epochs = 5};
        Checkpoint checkpoint{path};
        auto const data = test::bars(2);
        return checkpoint_last ? session.fit(data, options, random, end, checkpoint)
                               : session.fit(data, options, random, checkpoint, end);
    };
    for (bool const checkpoint_last : {true, false}) {
        CHECK(fit_from(false, checkpoint_last).clock.epoch == 2);
        auto const report = fit_from(true, checkpoint_last);
        CHECK(report.clock.epoch == 2);
        CHECK(report.stop == Stop::phase);
    }
    // Who asks for more than the end of the phase does not undo it.
    fit({.epochs = 5}, OnEpochEnd{[](auto const&, TrainingInfo const&) { return Stop::phase; }},
        OnEpochEnd{[](auto const&, TrainingInfo const&) { return Stop::everything; }}, Checkpoint{path});
    CHECK(number(read_checkpoint(path), "ended") == 1);
}

TEST_CASE("a resume that dies at once takes nothing of what callbacks remembered") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    // The second RBM: best in its first epoch, so that a patience of 4 ends it after the fifth.
    OnEpochEnd score{[](auto const&, TrainingInfo const& info) {
        double const epoch = static_cast<double>(info.clock.epoch);
        info.metrics->push_back({"score", info.phase == "pretraining 1" ? -epoch : epoch > 1});
    }};
    auto const fit_until = [&](bool resumed, std::uint64_t epoch) {
        DBM dbm{test::layer<Bernoulli, float>(4), test::layer<Bernoulli, float>(3), test::layer<Bernoulli, float>(2)};
        auto const data = test::bars(2);
        auto session = DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}}.bind(dbm, data);
        if (resumed) resume(path, session);
        Random random{1};
        return session.fit(data, {.epochs = 9, .batch_size = 3}, random, score, EarlyStop{"score", 4},
                           Checkpoint{path}, CrashAt{epoch});
    };
    CHECK_THROWS_AS(fit_until(false, 3), Crash);
    CHECK_THROWS_AS(fit_until(true, 3), Crash);
    CHECK(fit_until(true, 100).clock.epoch == 5);
}

TEST_CASE("a model that is not finite does not replace the last good checkpoint") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
    auto session = recipe.bind(model);
    Random random{1};
    session.fit(test::bars(2), {.epochs = 1}, random, Checkpoint{path});
    std::string const good = boltz_test::contents_of(path);
    OnEpochEnd diverge{
        [&](auto const&, TrainingInfo const&) { model.weights()(1, 1) = std::numeric_limits<float>::quiet_NaN(); }};
    session.fit(test::bars(2), {.epochs = 2}, random, diverge, Checkpoint{path});
    CHECK(boltz_test::contents_of(path) == good);
}

TEST_CASE("a checkpoint that cannot be written is an error that leaves the old one") {
    TemporaryFolder const folder;
    CHECK_THROWS_AS(fit({.epochs = 1}, Checkpoint{folder / "none/c.npz"}), FileError);
    std::filesystem::create_directory(folder / "taken");
    CHECK_THROWS_AS(fit({.epochs = 1}, Checkpoint{folder / "taken"}), FileError);
    CHECK(folder.count() == 1);

    // A name that leaves no room for the temporary file beside it.
    std::string const longest(250, 'c');
    boltz_test::put(folder / longest, "old");
    CHECK_THROWS_AS(fit({.epochs = 1}, Checkpoint{folder / longest}), FileError);
    CHECK(boltz_test::contents_of(folder / longest) == "old");
    CHECK(folder.count() == 2);
}

} // namespace test_checkpoint
