// SPDX-License-Identifier: MIT
#include <boltz/optimizer/sparse.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/optimizer/centred.hpp>
#include <boltz/optimizer/clipped.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <limits>

namespace test_sparse {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli, double>;

/// The mean activity of the hidden units of an RBM over all bars and stripes, and the largest distance from `target`.
struct Activity {
    double mean = 0;
    double farthest = 0;
};

template <class Optimizer>
Activity trained(Optimizer const& optimizer, double target) {
    Matrix<double> const data = test::bars<double>(3);
    RBM rbm = test::randomised(RBM{Binary{9}, Binary{6}}, 0.1, 0.0, 1);
    Random random{1};
    Trainer{ContrastiveDivergence{}, optimizer}.fit(rbm, data, {.epochs = 300, .batch_size = 7}, random);
    Activity result;
    for (std::size_t j = 0; j < 6; ++j) {
        double mean = 0;
        for (std::size_t n = 0; n < data.shape(0); ++n) {
            double x = rbm.hidden().bias()(j);
            for (std::size_t i = 0; i < 9; ++i) x += data(n, i) * rbm.weights()(i, j);
            mean += 1 / (1 + std::exp(-x)) / static_cast<double>(data.shape(0));
        }
        result.mean += mean / 6;
        result.farthest = std::max(result.farthest, std::abs(mean - target));
    }
    return result;
}

} // namespace

TEST_CASE("the pull of a target is its formula, and damped activities are followed", "[optimizer]") {
    auto const start = test::randomised(RBM{Binary{3}, Binary{2}}, 0.5, 0.5, 1);
    auto model = start;
    auto session = Sparse{Sgd{.learning_rate = 1.0}, {{.layer = 1, .target = 0.2, .cost = 0.5}}, 0.75}.bind(model);
    Executor executor{Compute{}};
    States<double> batch{2, std::vector<std::size_t>{3, 2}};
    auto const blocks = batch.blocks();
    Phase<double> phase;
    phase.refer(blocks, Moment::state);
    double q[2] = {0, 0};
    for (std::uint64_t update = 0; update < 2; ++update) {
        for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t i = 0; i < 2; ++i) Draws::from_seed(update).stream(l).uniform(i, 0, blocks[l].row(i));
        auto const before = model;
        auto gradient = model.make_gradient();
        session.observe(phase, Clock{});
        session.step(model, gradient, Clock{}, executor);
        for (std::size_t j = 0; j < 2; ++j) {
            double const mean = (blocks[1](0, j) + blocks[1](1, j)) / 2;
            q[j] = update == 0 ? mean : 0.75 * q[j] + 0.25 * mean;
            CHECK(session.activities(1)(j) == Approx(q[j]));
            double const pull = -0.5 * (q[j] - 0.2);
            CHECK(model.hidden().bias()(j) - before.hidden().bias()(j) == Approx(pull));
            for (std::size_t i = 0; i < 3; ++i)
                CHECK(model.weights()(i, j) - before.weights()(i, j) ==
                      Approx(pull * (blocks[0](0, i) + blocks[0](1, i)) / 2));
        }
        CHECK((model.visible().bias() == before.visible().bias()));
    }
}

TEST_CASE("hidden units of a trained RBM come near their target", "[optimizer]") {
    Sgd const plain{.learning_rate = 0.1};
    Activity const without = trained(plain, 0.1);
    Activity const with = trained(Sparse{plain, {{.layer = 1, .target = 0.1, .cost = 1.0}}}, 0.1);
    CHECK(without.mean > 0.3);
    CHECK(std::abs(with.mean - 0.1) < 0.05);
    CHECK(with.farthest < 0.15);
}

TEST_CASE("targets pull alike by parts and whole, and no targets change nothing", "[optimizer]") {
    Matrix<float> const data = test::bars<float>(3);
    auto const start =
        test::randomised(RBM{StochasticLayer<Bernoulli>{9}, StochasticLayer<Bernoulli>{6}}, 0.1, 0.1, 1);
    auto const trained = [&](auto const& optimizer) {
        auto rbm = start;
        Random random{1};
        Trainer{ContrastiveDivergence{}, optimizer}.fit(
            rbm, data, {.epochs = 5, .batch_size = 5, .compute = {.threads = 2, .block_rows = 2}}, random);
        return to_arrays(rbm);
    };
    Sgd const sgd{.learning_rate = 0.5, .momentum = 0.5};
    std::vector<SparsityTarget> const targets{{.target = 0.2, .cost = 0.3}};
    // A bound that is never met makes the inner optimizer one that wants the whole gradient.
    CHECK(test::same(trained(Sparse{sgd, targets}), trained(Sparse{Clipped{sgd, 1e9}, targets})));
    CHECK_FALSE(test::same(trained(Sparse{sgd, targets}), trained(sgd)));
    CHECK(test::same(trained(Sparse{sgd, std::vector<SparsityTarget>{}}), trained(sgd)));
}

TEST_CASE("wrappers nest, and what they keep resumes to the bit", "[optimizer]") {
    Matrix<float> const data = test::bars<float>(3);
    auto const start =
        test::randomised(RBM{StochasticLayer<Bernoulli>{9}, StochasticLayer<Bernoulli>{6}}, 0.1, 0.1, 1);
    Trainer const recipe{ContrastiveDivergence{},
                         Sparse{Centred{Clipped{Sgd{.learning_rate = 0.5, .momentum = 0.5}, 0.2}}}};
    auto const fit = [&](auto& session, std::size_t epochs) {
        Random random{1};
        session.fit(data, {.epochs = epochs, .batch_size = 5, .compute = {.threads = epochs}}, random);
    };
    auto unbroken = start;
    auto session = recipe.bind(unbroken);
    fit(session, 4);
    auto first = start;
    auto half = recipe.bind(first);
    fit(half, 2);
    auto second = start;
    auto resumed = recipe.bind(second);
    from_arrays(to_arrays(half), resumed);
    fit(resumed, 4);
    CHECK(test::same(to_arrays(second), to_arrays(unbroken)));
    CHECK(to_arrays(session).contains("optimizer/inner/offsets_1"));
    CHECK(to_arrays(session).contains("optimizer/inner/inner/inner/velocity/weights_0"));
}

TEST_CASE("a clipped gradient has the norm where it was longer, and is left alone where it was not", "[optimizer]") {
    auto const start = RBM{Binary{2}, Binary{1}};
    auto const step = [&](double norm) {
        auto model = start;
        auto gradient = model.make_gradient();
        gradient.weights[0](0, 0) = 3;
        gradient.biases[1](0) = 4; // length 5
        Executor executor{Compute{}};
        auto session = Clipped{Sgd{.learning_rate = 1.0}, norm}.bind(model);
        session.step(model, gradient, Clock{}, executor);
        return std::pair{model.weights()(0, 0), model.hidden().bias()(0)};
    };
    CHECK(step(5.0) == std::pair{3.0, 4.0});
    CHECK(step(1.0).first == Approx(0.6));
    CHECK(step(1.0).second == Approx(0.8));
    CHECK_THROWS_WITH((Clipped{Sgd{}, -1.0}.bind(start)), contains_text("norm is -1"));
}

TEST_CASE("targets that cannot be are refused", "[optimizer]") {
    auto const rbm = RBM{Binary{2}, Binary{1}};
    auto const with = [&](SparsityTarget target, double damping = 0.9) {
        static_cast<void>(Sparse{Sgd{}, {target}, damping}.bind(rbm));
    };
    CHECK_THROWS_WITH(with({.layer = 0}), contains_text("layer 0"));
    CHECK_THROWS_WITH(with({.layer = 2}), contains_text("hidden layers are 1 .. 1"));
    CHECK_THROWS_WITH(with({.target = 1.5}), contains_text("is 1.5"));
    CHECK_THROWS_WITH(with({.cost = -1}), contains_text("cost of layer 1 is -1"));
    CHECK_THROWS_WITH(with({}, 1.0), contains_text("damping is 1"));
    CHECK_THROWS_WITH((Sparse{Sgd{}, {{.target = 0.1}, {.target = 0.2}}}.bind(rbm)),
                      contains_text("more than one target"));
}

} // namespace test_sparse
