// SPDX-License-Identifier: MIT
#include <boltz/callback/checkpoint.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/stop_when.hpp>
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

TEST_CASE("a model that is not finite does not replace the last good checkpoint") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 0.1, 0.1, 1);
    auto session = recipe.bind(model);
    Random random{1};
    session.fit(test::bars(2), {.epochs = 1}, random, Checkpoint{path});
    std::string const good = boltz_test::contents_of(path);
    model.weights()(1, 1) = std::numeric_limits<float>::quiet_NaN();
    session.fit(test::bars(2), {.epochs = 2}, random, Checkpoint{path});
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
