// SPDX-License-Identifier: MIT
#include <boltz/pretraining/pretraining_session.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/checkpoint.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/io/checkpoint_file.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

namespace test_pretraining_session {

using namespace boltz;

namespace {

FitOptions options(std::size_t threads = 1) {
    return {.epochs = 3, .batch_size = 5, .compute = {.threads = threads, .block_rows = 2}};
}

Sgd const sgd{.learning_rate = 0.05, .momentum = 0.9};

/// Two RBMs of 3 epochs of 4 batches each, stopped at every kind of place.
template <class M, class Recipe, class Data>
void check_resumes(M const& start, Recipe const& recipe, Data const& data) {
    M model = start;
    auto unbroken = recipe.bind(model, data);
    Random random{7};
    unbroken.fit(data, options(), random);
    Arrays const expected = to_arrays(unbroken);

    boltz_test::TemporaryFolder const folder;
    auto const path = folder / "state.npz";
    // Inside the first RBM: in an epoch and after one; between the two; inside the second one.
    for (std::size_t const batches : {2u, 4u, 8u, 12u, 13u, 16u, 19u, 24u}) {
        CAPTURE(batches);
        M stopped = start;
        auto first = recipe.bind(stopped, data);
        Random first_random{7};
        auto const report =
            first.fit(data, options(), first_random, StopWhen{test::AfterBatches{batches}}, Checkpoint{path, 100});
        CHECK(report.stopped);
        CHECK(report.phase == (batches <= 12 ? "pretraining 1" : "pretraining 2"));
        CHECK(test::same(test::parameters(stopped), test::parameters(start)));
        Arrays const state = to_arrays(first);

        for (bool const from_file : {false, true}) {
            M fresh = start;
            auto second = recipe.bind(fresh, data);
            if (from_file)
                resume(path, second);
            else
                from_arrays(state, second);
            Random second_random{7};
            CHECK_FALSE(second.fit(data, options(), second_random).stopped);
            CHECK(test::same(test::parameters(fresh), test::parameters(model)));
            CHECK(test::same(to_arrays(second), expected));
        }
    }
}

template <class M, class Recipe, class Data>
void check_threads(M const& start, Recipe const& recipe, Data const& data) {
    Arrays expected;
    for (std::size_t const threads : {1u, 2u, 3u}) {
        M model = start;
        Random random{7};
        recipe.pretrain(model, data, options(threads), random);
        if (threads == 1) expected = test::parameters(model);
        CHECK(test::same(test::parameters(model), expected));
    }
}

} // namespace

TEST_CASE("a pretraining that is interrupted and resumed is the unbroken one to the bit, on any number of threads") {
    auto const data = test::bars<float>(3);
    SECTION("two RBMs, sampled input, data binarised at each presentation") {
        auto const start = test::randomised(test::bernoulli_dbm<float>(9, 5, 4), 0.1, 0.1, 1);
        Matrix<float> const grey = 0.8f * data + 0.1f;
        DoubledInput const recipe{ContrastiveDivergence{}, sgd};
        Binarised const source{MatrixSource{grey}, Binarisation::stochastic};
        check_resumes(start, recipe, source);
        check_threads(start, recipe, source);
    }
    SECTION("labels on top, persistent chains, means as input") {
        auto const labels = test::bar_labels(3);
        DBM const shape{test::layer<Bernoulli, double>(9), test::layer<Bernoulli, double>(4),
                        test::layer<Bernoulli, double>(3), test::layer<Multinomial, double>(2)};
        auto const start = test::randomised(shape, 0.1, 0.1, 1);
        DoubledInput const recipe{PersistentCD{.chains = 6}, sgd, PretrainingInput::means};
        auto const source = on_layers<0, 3>(data, OneHot{labels, 2});
        check_resumes(start, recipe, source);
        check_threads(start, recipe, source);
    }
}

TEST_CASE("pretraining and joint training resumed from the joint phase are the unbroken ones to the bit") {
    auto const data = test::bars<float>(3);
    auto const start = test::randomised(test::bernoulli_dbm<float>(9, 5, 4), 0.1, 0.1, 1);
    DoubledInput const pretraining{ContrastiveDivergence{}, sgd};
    Trainer const joint{PersistentCD{.chains = 6}, sgd, MeanField{}};

    auto model = start;
    Random random{7};
    pretraining.pretrain(model, data, options(), random);
    auto session = joint.bind(model);
    session.fit(data, options(), random);

    auto interrupted = start;
    Random same_random{7};
    pretraining.pretrain(interrupted, data, options(), same_random);
    auto first = joint.bind(interrupted);
    first.fit(data, options(), same_random, StopWhen{test::AfterBatches{7}});
    Arrays const state = to_arrays(first);

    auto fresh = start;
    auto second = joint.bind(fresh);
    from_arrays(state, second);
    Random other_random{1};
    second.fit(data, options(), other_random);
    CHECK(test::same(to_arrays(second), to_arrays(session)));
}

} // namespace test_pretraining_session
