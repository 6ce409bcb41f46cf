// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/archive.hpp>
#include <boltz/optimizer/sgd.hpp>

#include <limits>

namespace test_sgd {

using namespace boltz;

namespace {

template <class M>
std::vector<double> parameters(M& model) {
    std::vector<double> result;
    model.for_each_parameter(
        [&](Parameter, auto values) { result.insert(result.end(), values.begin(), values.end()); });
    return result;
}

template <class T>
void fill(ParameterSet<T>& gradient, double first) {
    test::each_number(gradient, [&](auto& x) {
        x = static_cast<std::remove_cvref_t<decltype(x)>>(first);
        first = 0.3 - first * 0.9;
    });
}

} // namespace

TEST_CASE("steps follow the classic momentum with decay of weights only and a rate of the units' own",
          "[optimizer]") {
    auto model = test::randomised(test::gaussian_rbm(), 1.0, 1.0, 1);
    auto gradient = model.make_gradient();
    std::vector<ParameterKind> kinds;
    model.for_each_parameter(
        [&](Parameter parameter, auto values) { kinds.insert(kinds.end(), values.size(), parameter.kind); });
    auto expected = parameters(model);
    std::vector<double> velocity(expected.size(), 0.0);
    Sgd const policy{.learning_rate = Schedule::per_epoch({0.1, 0.05}),
                     .momentum = Schedule::per_epoch({0.5, 0.9}),
                     .weight_decay = 0.02,
                     .unit_rate = 0.25};
    auto session = policy.bind(model);
    Executor executor{Compute{}};
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
        fill(gradient, 1.0 + static_cast<double>(epoch));
        session.step(model, gradient, Clock{.epoch = epoch}, executor);

        std::vector<double> slopes;
        model.for_each_parameter(
            [&](Parameter, auto, auto slope) { slopes.insert(slopes.end(), slope.begin(), slope.end()); }, gradient);
        for (std::size_t k = 0; k < expected.size(); ++k) {
            double const rate = (epoch == 0 ? 0.1 : 0.05) * (kinds[k] == ParameterKind::of_unit ? 0.25 : 1.0);
            double const decay = kinds[k] == ParameterKind::weight ? 0.02 : 0.0;
            velocity[k] = (epoch == 0 ? 0.5 : 0.9) * velocity[k] + rate * (slopes[k] - decay * expected[k]);
            expected[k] += velocity[k];
        }
        CHECK(test::distance(parameters(model), expected) < 1e-14);
    }
}

TEST_CASE("a constant gradient with momentum m moves 1 / (1 - m) times as fast in the end", "[optimizer]") {
    auto model = test::bernoulli_rbm(1, 1);
    auto gradient = model.make_gradient();
    gradient.weights[0](0, 0) = 1;
    auto session = Sgd{.learning_rate = 0.01, .momentum = 0.9}.bind(model);
    Executor executor{Compute{}};
    for (int i = 0; i < 300; ++i) session.step(model, gradient, Clock{}, executor);
    double const before = model.weights()(0, 0);
    session.step(model, gradient, Clock{}, executor);
    CHECK(model.weights()(0, 0) - before == Approx(0.1));
    CHECK(model.visible().bias()(0) == 0);
}

TEST_CASE("velocities that were saved and loaded go on to the bit", "[optimizer]") {
    auto model = test::randomised(test::gaussian_dbm<float>(), 1.0, 1.0, 1);
    auto gradient = model.make_gradient();
    Sgd const policy{.momentum = 0.9};
    auto session = policy.bind(model);
    Executor executor{Compute{}};
    fill(gradient, 1.0);
    session.step(model, gradient, Clock{}, executor);
    auto resumed_model = model;
    auto resumed = policy.bind(resumed_model);
    from_arrays(to_arrays(session), resumed);
    auto fresh_model = model;
    auto fresh = policy.bind(fresh_model);
    session.step(model, gradient, Clock{}, executor);
    resumed.step(resumed_model, gradient, Clock{}, executor);
    fresh.step(fresh_model, gradient, Clock{}, executor);
    CHECK(parameters(resumed_model) == parameters(model));
    CHECK(parameters(fresh_model) != parameters(model));
}

TEST_CASE("negative decay and rates of units are refused", "[optimizer]") {
    auto const model = test::bernoulli_rbm();
    CHECK_THROWS_AS(Sgd{.weight_decay = -1}.bind(model), ValueError);
    CHECK_THROWS_AS(Sgd{.unit_rate = -1}.bind(model), ValueError);
    CHECK_THROWS_AS(Sgd{.weight_decay = std::numeric_limits<double>::quiet_NaN()}.bind(model), ValueError);
}

TEST_CASE("rates that cannot be are refused", "[optimizer]") {
    auto const rbm = test::bernoulli_rbm<float>();
    CHECK_THROWS_AS((Sgd{.learning_rate = -0.1}.bind(rbm)), ValueError);
    CHECK_THROWS_AS((Sgd{.learning_rate = std::numeric_limits<double>::quiet_NaN()}.bind(rbm)), ValueError);
    CHECK_THROWS_AS((Sgd{.momentum = 1.0}.bind(rbm)), ValueError);
    CHECK_THROWS_AS((Sgd{.momentum = -0.1}.bind(rbm)), ValueError);
}

TEST_CASE("each layer moves at its own rate, and a frozen one not at all", "[optimizer]") {
    auto const start = test::randomised(test::gaussian_dbm<double>(), 1.0, 1.0, 1);
    auto model = start;
    auto gradient = model.make_gradient();
    fill(gradient, 1.0);
    auto plain_model = start;
    Clock const clock{};
    Executor executor{Compute{}};
    Sgd{.learning_rate = 0.1}.bind(plain_model).step(plain_model, gradient, clock, executor);
    Sgd const policy{
        .learning_rate = 0.1, .weight_decay = 0.0, .layer_rates = {1.0, Schedule::per_epoch({0, 0.5}, 3)}};
    auto session = policy.bind(model);
    session.scale_rate(0.5);
    for (std::uint64_t const epoch : {2u, 3u}) {
        model = start;
        session.step(model, gradient, {.epoch = epoch}, executor);
        auto before = start;
        std::vector<std::pair<Parameter, double>> plain;
        plain_model.for_each_parameter([&](Parameter parameter, auto values) {
            for (auto const value : values) plain.push_back({parameter, value});
        });
        auto const old = parameters(before);
        auto const now = parameters(model);
        for (std::size_t i = 0; i < plain.size(); ++i) {
            double const share = plain[i].first.layer == 1 ? (epoch < 3 ? 0 : 0.5) : 1;
            if (share == 0)
                CHECK(now[i] == old[i]);
            else
                CHECK(now[i] - old[i] == Approx(0.5 * share * (plain[i].second - old[i])).margin(1e-15));
        }
    }
    CHECK_THROWS_AS((Sgd{.layer_rates = {1.0, -1.0}}.bind(model)), ValueError);
    CHECK_THROWS_WITH((Sgd{.layer_rates = LayerRates(model.depth + 1, 1.0)}.bind(model)),
                      contains_text("layer_rates has " + std::to_string(model.depth + 1) + " entries") &&
                          contains_text(std::to_string(model.depth) + " layers"));
}

} // namespace test_sgd
