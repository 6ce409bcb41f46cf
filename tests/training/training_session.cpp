// SPDX-License-Identifier: MIT
#include <boltz/training/training_session.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/checkpoint.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/io/checkpoint_file.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <limits>

namespace test_training_session {

using namespace boltz;

namespace {

// A batch of 5 of 16 cases: batches of 5, 5, 5, 1; blocks of 2 rows, so that several workers have something to do.
FitOptions options(std::size_t epochs, std::size_t threads = 1, Shuffle shuffle = Shuffle::each_epoch) {
    return {.epochs = epochs,
            .batch_size = 5,
            .shuffle = shuffle,
            .shuffle_blocks = {.cases = 3, .window = 2},
            .compute = {.threads = threads, .block_rows = 2}};
}

/// 3 epochs = 2 epochs, state, fresh objects, 1 epoch; and the same with a stop inside an epoch.
template <class M, class Recipe, class Data>
Arrays check_resumes(M const& start, Recipe const& recipe, Data const& data, Shuffle shuffle = Shuffle::each_epoch) {
    M model = start;
    auto unbroken = recipe.bind(model);
    Random random{7};
    unbroken.fit(data, options(3, 1, shuffle), random);
    Arrays const expected = to_arrays(unbroken);
    CHECK_FALSE(test::same(test::parameters(model), test::parameters(start)));

    boltz_test::TemporaryFolder const folder;
    auto const stopped_after = [&](std::size_t epochs, std::size_t batches) {
        M first = start;
        auto session = recipe.bind(first);
        Random same_random{7};
        auto const report = session.fit(data, options(epochs, 1, shuffle), same_random,
                                        StopWhen{test::AfterBatches{batches}}, Checkpoint{folder / "state.npz"});
        CHECK(report.stopped == (batches < 100));
        return to_arrays(session);
    };
    auto const gone_on_with = [&](auto&& restore) {
        M fresh = start;
        for (std::size_t c = 0; c < fresh.weight_connections().size(); ++c)
            for (auto& w : fresh.weights(c)) w = 0;
        auto session = recipe.bind(fresh);
        restore(session);
        Random other_random{12345};
        session.fit(data, options(3, 1, shuffle), other_random);
        CHECK(test::same(test::parameters(session.model()), test::parameters(model)));
        return to_arrays(session);
    };
    // Whole epochs; inside the first, the second and the last epoch; after the last batch of an epoch.
    for (auto const& [epochs, batches] :
         {std::pair<std::size_t, std::size_t>{2, 100}, {3, 2}, {3, 7}, {3, 11}, {3, 8}}) {
        CAPTURE(epochs, batches);
        Arrays const state = stopped_after(epochs, batches);
        CHECK(test::same(gone_on_with([&](auto& session) { from_arrays(state, session); }), expected));
        CHECK(test::same(gone_on_with([&](auto& session) { resume(folder / "state.npz", session); }), expected));
    }
    return expected;
}

template <class M, class Recipe, class Data>
void check_threads(M const& start, Recipe const& recipe, Data const& data) {
    Arrays expected;
    for (std::size_t const threads : {1u, 2u, 3u}) {
        M model = start;
        auto session = recipe.bind(model);
        Random random{7};
        session.fit(data, options(2, threads), random);
        if (threads == 1) expected = to_arrays(session);
        CHECK(test::same(to_arrays(session), expected));
    }
}

template <class M, class Recipe, class Data>
void check(M const& start, Recipe const& recipe, Data const& data) {
    check_resumes(start, recipe, data);
    check_threads(start, recipe, data);
}

Sgd const sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-3};

} // namespace

TEST_CASE("a training that is interrupted and resumed is the unbroken one to the bit, on any number of threads") {
    auto const data = test::bars<float>(3);
    SECTION("an RBM by contrastive divergence, data binarised at each presentation") {
        Matrix<float> const grey = 0.8f * data + 0.1f;
        check(test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1),
              Trainer{ContrastiveDivergence{.sweeps = 2}, sgd},
              Binarised{MatrixSource{grey}, Binarisation::stochastic});
    }
    SECTION("an RBM by persistent chains, more of them than cases in a batch") {
        check(test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1),
              Trainer{PersistentCD{.chains = 7, .sweeps = 2}, sgd}, data);
    }
    SECTION("a DBM by persistent chains and mean-field inference") {
        check(test::randomised(test::bernoulli_dbm<float>(9, 5, 4), 0.1, 0.1, 1),
              Trainer{PersistentCD{.chains = 7}, sgd, MeanField{.max_sweeps = 5, .tolerance = 1e-3}}, data);
    }
    SECTION("a DBM with labels on top") {
        auto const labels = test::bar_labels(3);
        DBM const dbm{test::layer<Bernoulli, double>(9), test::layer<Bernoulli, double>(4),
                      test::layer<Bernoulli, double>(3), test::layer<Multinomial, double>(2)};
        check(test::randomised(dbm, 0.1, 0.1, 1), Trainer{PersistentCD{.chains = 6}, sgd, MeanField{}},
              on_layers<0, 3>(data, OneHot{labels, 2}));
    }
    SECTION("a Gaussian RBM that learns its precisions") {
        Matrix<double> real = xt::zeros<double>({std::size_t{16}, std::size_t{2}});
        for (std::size_t i = 0; i < 16; ++i) Draws::from_seed(5).normal(i, 0, Block{real}.row(i));
        check(test::randomised(test::gaussian_rbm<double>(), 0.1, 0.1, 1),
              Trainer{PersistentCD{.chains = 4, .start = PersistentCD::Start::random}, sgd}, real);
    }
}

TEST_CASE("a training whose cases are shuffled by blocks is resumed to the bit, too") {
    auto const data = test::bars<float>(3);
    auto const start = test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1);
    Trainer const recipe{ContrastiveDivergence{}, sgd};
    Arrays const by_blocks = check_resumes(start, recipe, data, Shuffle::blocks);
    CHECK_FALSE(test::same(by_blocks, check_resumes(start, recipe, data, Shuffle::never)));
    CHECK_FALSE(test::same(by_blocks, check_resumes(start, recipe, data, Shuffle::each_epoch)));
}

TEST_CASE("a session refuses a state of another training and is then unchanged") {
    auto const data = test::bars<float>(2);
    auto other = test::randomised(test::bernoulli_rbm<float>(4, 2), 1, 1, 1);
    auto model = test::randomised(test::bernoulli_rbm<float>(4, 3), 1, 1, 2);
    auto const recipe = Trainer{PersistentCD{.chains = 3}, sgd};
    auto session = recipe.bind(model);
    Random random{1};
    session.fit(data, {.epochs = 1}, random);
    Arrays const before = to_arrays(session);

    auto stranger = recipe.bind(other);
    CHECK_THROWS_AS(from_arrays(to_arrays(stranger), session), FormatError);
    CHECK(test::same(to_arrays(session), before));

    auto more_chains = Trainer{PersistentCD{.chains = 4}, sgd}.bind(model);
    CHECK_THROWS_AS(from_arrays(before, more_chains), FormatError);

    Arrays incomplete = before;
    incomplete.erase("update");
    incomplete.at("model/weights_0").bytes[0] ^= std::byte{1};
    CHECK_THROWS_AS(from_arrays(incomplete, session), FormatError);
    CHECK(test::same(to_arrays(session), before));
}

TEST_CASE("a session that has met numbers that are not finite learns from a good state as if it had not") {
    auto const data = test::bars<float>(2);
    RBM const shape{test::layer<Gaussian, float>(4, Gaussian::learned()), test::layer<Bernoulli, float>(3)};
    auto model = test::randomised(shape, 0.1, 0.1, 1);
    Trainer const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.01}};
    auto session = recipe.bind(model);
    auto const good = to_arrays(session);
    auto const train = [&](auto& one, auto&&... callbacks) {
        Random random{1};
        one.fit(data, {.epochs = one.clock().epoch + 1, .batch_size = 1}, random, callbacks...);
    };
    train(session, StopWhen{[&] {
              model.weights(0)(0, 0) = std::numeric_limits<float>::quiet_NaN();
              return false;
          }});
    CHECK(std::isnan(model.weights(0)(1, 1))); // an update has met it
    from_arrays(good, session);
    train(session);
    auto other = model;
    auto fresh = recipe.bind(other);
    from_arrays(good, fresh);
    train(fresh);
    CHECK(test::same(to_arrays(session), to_arrays(fresh)));
}

TEST_CASE("a finished session has nothing left to do until it gets more epochs") {
    auto const data = test::bars<float>(2);
    auto model = test::randomised(test::bernoulli_rbm<float>(), 0.1, 0.1, 1);
    auto session = Trainer{ContrastiveDivergence{}, sgd}.bind(model);
    Random random{1};
    CHECK(session.fit(data, {.epochs = 2, .batch_size = 3}, random).clock == Clock{2, 0, 6});
    Arrays const before = to_arrays(session);
    CHECK(session.fit(data, {.epochs = 2, .batch_size = 3}, random).clock == Clock{2, 0, 6});
    CHECK(test::same(to_arrays(session), before));
    CHECK(session.fit(data, {.epochs = 3, .batch_size = 3}, random).clock == Clock{3, 0, 9});
    CHECK_FALSE(test::same(to_arrays(session), before));
}

} // namespace test_training_session
