// SPDX-License-Identifier: MIT
#include <boltz/optimizer/centred.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/stop_when.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/optimizer/clipped.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <vector>

namespace test_centred {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli, double>;
using Deep = DBM<Binary, Binary, Binary>;

States<double> random_states(std::size_t rows, std::vector<std::size_t> const& sizes, std::uint64_t seed) {
    States<double> states{rows, sizes};
    for (std::size_t l = 0; l < sizes.size(); ++l)
        for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(seed).stream(l).uniform(i, 0, states[l].row(i));
    return states;
}

double mean_of(Block<double const> block, std::size_t column) {
    double sum = 0;
    for (std::size_t i = 0; i < block.rows; ++i) sum += block(i, column);
    return sum / static_cast<double>(block.rows);
}

/// Moves a machine by its session along the statistics of two phases, at a rate of 1.
void move(AnyModel<double>& model, OptimizerSession<double>& session, States<double>& data, States<double>& chains) {
    Executor executor{Compute{.threads = 2}};
    auto gradient = model.make_gradient();
    Phase<double> data_phase, model_phase;
    data_phase.refer(data.blocks(), Moment::state);
    model_phase.refer(chains.blocks(), Moment::state);
    session.observe(data_phase, Clock{});
    model.accumulate(data_phase, {.factor = 1.0 / static_cast<double>(data.rows()), .keep = 0}, gradient, executor);
    model.accumulate(model_phase, {.factor = -1.0 / static_cast<double>(chains.rows()), .keep = 1}, gradient,
                     executor);
    session.step(model, gradient, Clock{}, executor);
}

} // namespace

TEST_CASE("a centred step is a step of the centred machine", "[optimizer]") {
    std::vector<std::size_t> const sizes{5, 4, 3};
    Deep const start = test::randomised(Deep{Binary{5}, Binary{4}, Binary{3}}, 0.5, 0.5, 1);
    Deep model = start;
    auto data = random_states(7, sizes, 1);
    auto chains = random_states(6, sizes, 2);
    auto session = Centred{Sgd{.learning_rate = 1.0}}.bind(model);
    move(model, session, data, chains);

    // In the machine whose energy sees s - mu: W moves along the difference of covariances about mu, the bias c along
    // that of the means; and b = c - W' mu below - W mu above.
    auto const mu = [&](std::size_t l, std::size_t i) { return mean_of(std::as_const(data)[l], i); };
    auto const product = [&](States<double> const& states, std::size_t l, std::size_t i, std::size_t j) {
        double sum = 0;
        for (std::size_t n = 0; n < states.rows(); ++n)
            sum += (states[l](n, i) - mu(l, i)) * (states[l + 1](n, j) - mu(l + 1, j));
        return sum / static_cast<double>(states.rows());
    };
    auto const moved_weight = [&](std::size_t l, std::size_t i, std::size_t j) {
        return product(data, l, i, j) - product(chains, l, i, j);
    };
    for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t i = 0; i < sizes[l]; ++i)
            for (std::size_t j = 0; j < sizes[l + 1]; ++j)
                CHECK(model.weights(l)(i, j) - start.weights(l)(i, j) == Approx(moved_weight(l, i, j)).margin(1e-12));
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t j = 0; j < sizes[l]; ++j) {
            double expected = mean_of(std::as_const(data)[l], j) - mean_of(std::as_const(chains)[l], j);
            if (l > 0)
                for (std::size_t i = 0; i < sizes[l - 1]; ++i) expected -= moved_weight(l - 1, i, j) * mu(l - 1, i);
            if (l < 2)
                for (std::size_t k = 0; k < sizes[l + 1]; ++k) expected -= moved_weight(l, j, k) * mu(l + 1, k);
            double const moved = model.layer(l).bias()(j) - start.layer(l).bias()(j);
            CHECK(moved == Approx(expected).margin(1e-12));
        }
}

TEST_CASE("a centred step does not depend on which state is called 1", "[optimizer]") {
    std::vector<std::size_t> const sizes{5, 4, 3};
    // s -> 1 - s everywhere: W stays, b -> -(b + the weights of all neighbours).
    auto const flipped = [](Deep const& model) {
        Deep result = model;
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t j = 0; j < model.sizes()[l]; ++j) {
                double sum = model.layer(l).bias()(j);
                if (l > 0)
                    for (std::size_t i = 0; i < model.sizes()[l - 1]; ++i) sum += model.weights(l - 1)(i, j);
                if (l < 2)
                    for (std::size_t k = 0; k < model.sizes()[l + 1]; ++k) sum += model.weights(l)(j, k);
                result.layer(l).bias()(j) = -sum;
            }
        return result;
    };
    auto const flip = [](States<double>& states) {
        for (std::size_t l = 0; l < states.layers(); ++l)
            for (std::size_t i = 0; i < states.rows(); ++i)
                for (double& s : states[l].row(i)) s = 1 - s;
    };
    Deep plain = test::randomised(Deep{Binary{5}, Binary{4}, Binary{3}}, 0.5, 0.5, 1);
    Deep other = flipped(plain);
    auto data = random_states(7, sizes, 1);
    auto chains = random_states(6, sizes, 2);
    Centred const policy{Sgd{.learning_rate = 0.5}};
    auto session = policy.bind(plain);
    move(plain, session, data, chains);
    flip(data);
    flip(chains);
    auto second = policy.bind(other);
    move(other, second, data, chains);
    Deep const expected = flipped(plain);
    for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t i = 0; i < other.weights(l).size(); ++i)
            CHECK(other.weights(l).data()[i] == Approx(expected.weights(l).data()[i]).margin(1e-12));
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t j = 0; j < sizes[l]; ++j)
            CHECK(other.layer(l).bias()(j) == Approx(expected.layer(l).bias()(j)).margin(1e-12));
}

// Along the exact gradient, and with what the inner optimizer does to W: it is at rest where the plain gradient of
// each layer that moves, less the decay, is 0.
TEST_CASE("a centred training ends where the plain gradient vanishes", "[optimizer]") {
    using Machine = RBM<Binary, Binary>;
    Matrix<double> const cases{{1, 0, 1}, {1, 1, 0}, {0, 1, 0}, {0, 1, 0}};
    auto const check = [&](auto const& policy, double decay, bool lower_moves, bool upper_moves) {
        Machine model = test::randomised(Machine{Binary{3}, Binary{2}}, 1.5, 0, 1);
        model.layer<0>().bias() = {0, 1.1, -1.1}; // as of the means: no hidden unit has to be on for ever
        auto const start = model;
        auto session = policy.bind(std::as_const(model));
        Executor executor{Compute{}};
        States<double> states{4, model.sizes()};
        Phase<double> phase;
        phase.refer(states.blocks(), Moment::state);
        copy<double>(Block{cases}, states[0]);
        auto const slope = [&] {
            auto gradient = exact_expectations(model, states.blocks(), LayerSet::of(0));
            auto negative = exact_expectations(model);
            model.for_each_parameter(
                [](Parameter, auto, auto positive, auto other) {
                    for (std::size_t k = 0; k < positive.size(); ++k) positive[k] -= other[k];
                },
                gradient, negative);
            return gradient;
        };
        for (int update = 0; update < 8000; ++update) {
            model.input<1>(states.blocks(), states[1]);
            model.layer<1>().unit().mean(states[1]);
            auto gradient = slope();
            session.observe(phase, Clock{});
            session.step(model, gradient, Clock{}, executor);
        }
        auto const rest = slope();
        auto const largest = [](auto const& numbers) {
            double result = 0;
            for (double const x : numbers) result = std::max(result, std::abs(x));
            return result;
        };
        if (lower_moves) CHECK(largest(rest.biases[0]) < 1e-6);
        CHECK((model.layer<0>().bias() == start.layer<0>().bias()) != lower_moves);
        if (upper_moves) {
            CHECK(largest(rest.biases[1]) < 1e-6);
            CHECK(largest(rest.weights[0] - decay * model.weights(0)) < 1e-6);
        }
        CHECK((model.layer<1>().bias() == start.layer<1>().bias()) != upper_moves);
        CHECK((model.weights(0) == start.weights(0)) != upper_moves);
    };
    Sgd const sgd{.learning_rate = 0.5, .momentum = 0.5, .weight_decay = 0.05};
    SECTION("with decay") { check(Centred{sgd}, 0.05, true, true); }
    SECTION("with a frozen upper layer, within another wrapper") {
        Sgd frozen = sgd;
        frozen.layer_rates = {1, 0};
        check(Centred{Clipped{frozen, 1e9}}, 0.05, true, false);
    }
    SECTION("with a frozen lower layer") {
        Sgd frozen = sgd;
        frozen.layer_rates = {0, 1};
        check(Centred{frozen}, 0.05, false, true);
    }
}

TEST_CASE("offsets are running means that begin at the first batch", "[optimizer]") {
    std::vector<std::size_t> const sizes{5, 4, 3};
    Deep model = test::randomised(Deep{Binary{5}, Binary{4}, Binary{3}}, 0.5, 0.5, 1);
    auto first = random_states(7, sizes, 1);
    auto second = random_states(7, sizes, 2);
    auto session = Centred{Sgd{}, 0.25}.bind(model);
    move(model, session, first, second);
    for (std::size_t j = 0; j < 4; ++j) CHECK(session.offsets(1)(j) == Approx(mean_of(std::as_const(first)[1], j)));
    move(model, session, second, first);
    for (std::size_t j = 0; j < 4; ++j)
        CHECK(session.offsets(1)(j) ==
              Approx(0.75 * mean_of(std::as_const(first)[1], j) + 0.25 * mean_of(std::as_const(second)[1], j)));
    CHECK_THROWS_WITH((Centred{Sgd{}, 0.0}.bind(model)), contains_text("offset_rate starts at 0"));
}

TEST_CASE("centred, a deep machine learns from random weights what it does not learn otherwise",
          "[slow][optimizer]") {
    // Bars and stripes of 3 x 3, 14 patterns: the uniform distribution over them gives -log 14 = -2.64 nats.
    Matrix<float> const data = test::bars<float>(3);
    auto const trained = [&](auto const& optimizer) {
        using Layer = StochasticLayer<Bernoulli, float>;
        DBM<Layer, Layer, Layer> dbm{Layer{9}, Layer{8}, Layer{6}};
        Random random{1};
        initialise_weights(dbm, 0.05, random);
        Trainer{PersistentCD{.chains = 100, .sweeps = 2}, optimizer, MeanField{.max_sweeps = 20}}.fit(
            dbm, data, {.epochs = 1500, .batch_size = 14}, random);
        double sum = 0;
        for (double const value : exact_log_likelihood(dbm, Block{data})) sum += value;
        return sum / static_cast<double>(data.shape(0));
    };
    double const plain = trained(Sgd{.learning_rate = 0.05});
    double const centred = trained(Centred{Sgd{.learning_rate = 0.05}});
    INFO(plain << " plain, " << centred << " centred");
    CHECK(centred > plain + 0.2);
}

TEST_CASE("centred trainings go on to the bit and do not depend on threads, in pretraining too", "[optimizer]") {
    Matrix<float> const data = test::bars<float>(3);
    using Layer = StochasticLayer<Bernoulli, float>;
    auto const start = test::randomised(DBM{Layer{9}, Layer{6}, Layer{4}}, 0.1, 0.1, 1);
    auto const check = [&](auto&& bind, std::size_t interrupted) {
        auto const fit = [&](auto& session, std::size_t threads, std::size_t batches) {
            Random random{1};
            session.fit(data, {.epochs = 4, .batch_size = 5, .compute = {.threads = threads, .block_rows = 2}},
                        random, StopWhen{test::AfterBatches{batches}});
        };
        auto unbroken = start;
        auto session = bind(unbroken);
        fit(session, 1, 1000);
        auto parallel = start;
        auto other = bind(parallel);
        fit(other, 3, 1000);
        CHECK(test::same(to_arrays(parallel), to_arrays(unbroken)));
        auto first = start;
        auto half = bind(first);
        fit(half, 2, interrupted);
        auto second = start;
        auto resumed = bind(second);
        from_arrays(to_arrays(half), resumed);
        fit(resumed, 1, 1000);
        CHECK(test::same(to_arrays(second), to_arrays(unbroken)));
    };
    Centred const optimizer{Sgd{.learning_rate = 0.1, .momentum = 0.5}};
    check([&](auto& dbm) { return Trainer{PersistentCD{.chains = 7}, optimizer, MeanField{}}.bind(dbm); }, 7);
    check([&](auto& dbm) { return DoubledInput{ContrastiveDivergence{}, optimizer}.bind(dbm, data); }, 16);
}

} // namespace test_centred
