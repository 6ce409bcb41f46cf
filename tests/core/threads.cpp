// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/inference/mean_field.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>

namespace test_threads {

using namespace boltz;

namespace {

template <class T>
std::vector<double> all_numbers(States<T> const& states) {
    std::vector<double> result;
    for (std::size_t l = 0; l < states.layers(); ++l)
        for (std::size_t i = 0; i < states.rows(); ++i)
            result.insert(result.end(), states[l].row(i).begin(), states[l].row(i).end());
    return result;
}

// Three updates as a trainer makes them, and every number that they leave behind.
template <class T, class Sampling>
std::vector<double> train(BoltzmannMachine<T> model, Sampling const& sampling, std::size_t threads) {
    Executor executor{{.threads = threads, .block_rows = 16}};
    auto inference = MeanField{.max_sweeps = 5}.bind(model);
    auto sampler = sampling.bind(model);
    auto optimizer = Sgd{.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.01}.bind(model);
    auto gradient = model.make_gradient();
    std::vector<double> result;
    for (std::uint64_t update = 0; update < 3; ++update) {
        Draws const draws = Draws::from_seed(6).stream(update);
        States<T> states{75, model.sizes()};
        model.unit(0).sample(states[0], draws.stream(0));
        auto const report = inference.infer(model, states.blocks(), LayerSet::of(0), executor);
        result.push_back(report.residual);
        Phase<T> data;
        data.refer(states.blocks(), Moment::mean);
        Clock const clock{.update = update};
        auto const phase = sampler.sample(model, states.blocks(), LayerSet::of(0), draws.stream(1), clock, executor);
        model.accumulate(data, {.factor = 1.0 / 75}, gradient, executor);
        model.accumulate(phase, {.factor = -1.0 / static_cast<double>(phase.rows), .keep = 1}, gradient, executor);
        optimizer.step(model, gradient, clock, executor);
        auto const means = all_numbers(states);
        result.insert(result.end(), means.begin(), means.end());
        auto const slopes = test::numbers(gradient);
        result.insert(result.end(), slopes.begin(), slopes.end());
    }
    model.for_each_parameter(
        [&](Parameter, auto values) { result.insert(result.end(), values.begin(), values.end()); });
    return result;
}

template <class T>
void check(BoltzmannMachine<T> const& model) {
    auto const cd = train(model, ContrastiveDivergence{.sweeps = 2}, 1);
    auto const pcd = train(model, PersistentCD{.chains = 50, .statistics = Statistics::means}, 1);
    Random random{3};
    Random serial = random;
    auto alone = sample(model, {.chains = 75, .sweeps = 4, .compute = {.threads = 1, .block_rows = 16}}, serial);
    for (std::size_t const threads : {2u, 3u, 8u}) {
        CHECK(train(model, ContrastiveDivergence{.sweeps = 2}, threads) == cd);
        CHECK(train(model, PersistentCD{.chains = 50, .statistics = Statistics::means}, threads) == pcd);
        Random parallel = random;
        auto together =
            sample(model, {.chains = 75, .sweeps = 4, .compute = {.threads = threads, .block_rows = 16}}, parallel);
        CHECK(all_numbers(together) == all_numbers(alone));
    }
}

} // namespace

TEST_CASE("any number of threads gives the same bits", "[core]") {
    check(test::randomised(test::bernoulli_rbm<float>(600, 40), 0.1, 0.5, 1)); // more than one share of the gradient
    check(test::randomised(test::bernoulli_dbm<float>(40, 300, 30), 0.1, 0.5, 2));
    check(test::randomised(test::gaussian_dbm<float>(), 0.7, 0.5, 7));
    check(test::randomised(test::mixed_four_layers<double>(), 0.8, 0.5, 5));
}

TEST_CASE("an update of more numbers than one worker takes is the same for any number of threads", "[core]") {
    auto const moved = [](std::size_t threads) {
        auto model = test::randomised(test::bernoulli_rbm<float>(500, 300), 0.1, 0.5, 1);
        auto gradient = model.make_gradient();
        for (auto& g : gradient.weights[0]) g = 0.25f;
        auto session = Sgd{.learning_rate = 0.1, .weight_decay = 0.5}.bind(model);
        Executor executor{{.threads = threads}};
        auto const before = model.weights();
        session.step(model, gradient, Clock{}, executor);
        for (std::size_t k = 0; k < before.size(); ++k)
            REQUIRE(model.weights().data()[k] ==
                    Approx(before.data()[k] + 0.1 * (0.25 - 0.5 * before.data()[k])).margin(1e-6));
        return std::vector<float>(model.weights().begin(), model.weights().end());
    };
    CHECK(moved(1) == moved(4));
}

} // namespace test_threads
