// SPDX-License-Identifier: MIT
#include <boltz/optimizer/adam.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/trainings.hpp"

#include <boltz/data/one_hot.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/training/backpropagation.hpp>

#include <cmath>
#include <limits>

namespace test_adam {

using namespace boltz;

namespace {

/// A network with normal parameters, and a gradient of it that changes from update to update, small numbers included.
using Net = MLP<double>;
Net network() { return test::random_network(test::softmax_network<Bernoulli, double>(5, {4}, 3), 1.0, 1); }

template <class T>
void fill(AnyParametric<T>& at, ParameterSet<T>& gradient, std::uint64_t update) {
    at.for_each_parameter(
        [&](Parameter, auto, auto slopes) {
            Draws::from_seed(7).stream(update).normal(slopes.size(), 0, slopes);
            for (std::size_t i = 0; i < slopes.size(); i += 3) slopes[i] *= static_cast<float>(1e-7);
        },
        gradient);
}

std::vector<double> numbers(Net at, ParameterSet<double>& gradient) {
    std::vector<double> result;
    at.for_each_parameter([&](auto, auto, auto slopes) { result.insert(result.end(), slopes.begin(), slopes.end()); },
                          gradient);
    return result;
}

} // namespace

TEST_CASE("Adam moves by its formula", "[optimizer]") {
    for (double const decay : {0.0, 0.1}) {
        Net model = network();
        std::vector<Parameter> kinds;
        model.for_each_parameter([&](Parameter p, auto values) { kinds.insert(kinds.end(), values.size(), p); });
        auto expected = test::parameters_of(model);
        std::vector<double> m(expected.size(), 0.0);
        std::vector<double> v(expected.size(), 0.0);
        Adam const policy{.learning_rate = 0.02, .weight_decay = decay, .layer_rates = {1.0, 1.0, 0.5}};
        auto session = policy.bind(model);
        auto gradient = model.make_gradient();
        Executor executor{Compute{}};
        for (std::uint64_t update = 0; update < 4; ++update) {
            fill(model, gradient, update);
            auto const slopes = numbers(model, gradient);
            Clock const clock{.update = update};
            if (update % 2 == 0) {
                session.step(model, gradient, clock, executor);
            } else {
                session.step_weights(model, gradient, clock, {.connection = 0, .first = 0, .count = 2});
                session.step_weights(model, gradient, clock, {.connection = 0, .first = 2, .count = 3});
                session.step_weights(model, gradient, clock, {.connection = 1, .first = 0, .count = 4});
                session.step_but_weights(model, gradient, clock);
            }
            double const t = static_cast<double>(update) + 1;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                double const g = slopes[i] - (kinds[i].kind == ParameterKind::weight ? decay : 0.0) * expected[i];
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                expected[i] += (kinds[i].layer == 2 ? 0.5 : 1.0) * 0.02 * m[i] / (1 - std::pow(0.9, t)) /
                               (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
            }
            auto const now = test::parameters_of(model);
            for (std::size_t i = 0; i < now.size(); ++i) CHECK(now[i] == Approx(expected[i]).epsilon(1e-12));
        }
    }
}

TEST_CASE("a first step of Adam is as large as its rate, however small the gradient", "[optimizer]") {
    MLP model{1, OutputLayer<Multinomial>{1}};
    for (float const slope : {1e3f, 1.0f, 1e-3f, -1e-5f}) {
        model.weights(0)(0, 0) = 0;
        auto gradient = model.make_gradient();
        gradient.weights[0](0, 0) = slope;
        auto session = Adam{.learning_rate = 0.01}.bind(model);
        Executor executor{Compute{}};
        session.step(model, gradient, Clock{}, executor);
        CHECK(model.weights(0)(0, 0) == Approx(std::copysign(0.01, slope)).epsilon(0.002));
        CHECK(model.bias(1)(0) == 0);
    }
}

TEST_CASE("Adam goes on to the bit, a frozen layer stays, and rates are lowered", "[optimizer]") {
    Matrix<float> const inputs = test::random_matrix<float>(45, 6, 7);
    auto const labels = test::labels_in_turn(45, 3);
    auto const data = on_layers<0, 1>(inputs, OneHot{labels, 3});
    Backpropagation const recipe{Adam{.layer_rates = {1.0, Schedule::per_epoch({0, 1}, 2)}}};
    auto const start = test::random_network(test::softmax_network(6, {7}, 3), 0.3, 1);
    auto const fit = [&](auto& session, std::size_t epochs) {
        Random random{1};
        session.fit(data, {.epochs = epochs, .batch_size = 10, .compute = {.threads = epochs}}, random);
    };
    auto unbroken = start;
    auto session = recipe.bind(unbroken);
    fit(session, 4);
    auto first = start;
    auto half = recipe.bind(first);
    fit(half, 2);
    CHECK((first.weights(0) == start.weights(0)));
    CHECK((first.bias(1) == start.bias(1)));
    CHECK((first.weights(1) != start.weights(1)));
    auto second = start;
    auto resumed = recipe.bind(second);
    from_arrays(to_arrays(half), resumed);
    fit(resumed, 4);
    CHECK(test::same(to_arrays(second), to_arrays(unbroken)));

    Net model = network();
    auto gradient = model.make_gradient();
    fill(model, gradient, 1);
    auto const step = [&](double factor) {
        Net moved = model;
        auto moving = Adam{}.bind(moved);
        moving.scale_rate(factor);
        Executor executor{Compute{}};
        moving.step(moved, gradient, Clock{}, executor);
        return moved.weights(0)(1, 1) - model.weights(0)(1, 1);
    };
    CHECK(step(0.25) == Approx(0.25 * step(1)));
}

TEST_CASE("settings that Adam cannot have are refused", "[optimizer]") {
    Net const model = network();
    CHECK_THROWS_WITH((Adam{.first_decay = 1}.bind(model)), contains_text("first_decay is 1"));
    CHECK_THROWS_WITH((Adam{.second_decay = -0.1}.bind(model)), contains_text("second_decay is -0.1"));
    CHECK_THROWS_WITH((Adam{.epsilon = 0}.bind(model)), contains_text("epsilon is 0"));
    CHECK_THROWS_WITH((Adam{.weight_decay = -1}.bind(model)), contains_text("weight_decay is -1"));
    CHECK_THROWS_WITH((Adam{.unit_rate = -1}.bind(model)), contains_text("unit_rate is -1"));
    CHECK_THROWS_WITH((Adam{.weight_decay = std::numeric_limits<double>::infinity()}.bind(model)),
                      contains_text("weight_decay is inf"));
    CHECK_THROWS_AS((Adam{.learning_rate = std::numeric_limits<double>::infinity()}.bind(model)), ValueError);
    CHECK_THROWS_AS((Adam{.layer_rates = {-1.0}}.bind(model)), ValueError);
}

} // namespace test_adam
