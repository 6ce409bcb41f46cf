// SPDX-License-Identifier: MIT

/// @file
/// Steps of training, sampling and inference, each beside the bare matrix products it needs.

#include "support.hpp"

namespace {

using namespace boltz;
using namespace bench;

Compute compute(benchmark::State const& state, std::size_t rows) {
    auto const threads = static_cast<std::size_t>(state.range(1));
    return {.threads = threads, .block_rows = threads == 1 ? rows : (rows + 1) / 2};
}

/// One update after another on the same batch: what a training does for a batch.
template <class M, class Recipe>
void training(benchmark::State& state, M& model, Recipe const& recipe, std::vector<Product> products) {
    auto const batch = static_cast<std::size_t>(state.range(0));
    Random random{1};
    initialise_weights(model, 0.01, random);
    auto const data = images(batch, model.sizes()[0]);
    Draws const draws = random.split();
    Executor executor{compute(state, batch)};
    auto inference = recipe.inference.bind(model);
    auto sampler = recipe.sampling.bind(model);
    auto optimizer = recipe.optimizer.bind(model);
    auto gradient = model.make_gradient();
    States<float, M::depth> states{batch, model.sizes()};
    std::vector<std::size_t> order(batch);
    for (std::size_t i = 0; i < batch; ++i) order[i] = i;
    Clock clock;
    MatrixSource const source{data};
    measure(state, std::move(products), executor.compute().threads, [&] {
        auto const blocks = states.blocks();
        source.load(order, blocks[0], draws);
        Observed<M::depth> observed{true};
        inference.infer(model, blocks, observed, executor);
        model.accumulate({blocks, {}}, {.factor = 1.0 / static_cast<double>(batch), .keep = 0}, gradient, executor);
        auto const phase = sampler.sample(model, blocks, draws.stream(clock.update), clock, executor);
        model.accumulate(phase, {.factor = -1.0 / static_cast<double>(phase.states[0].rows), .keep = 1}, gradient,
                         executor);
        optimizer.step(model, gradient, clock, executor);
        ++clock.update;
    });
    state.counters["cases/s"] =
        benchmark::Counter(static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate);
}

void contrastive_divergence(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    auto const k = static_cast<double>(state.range(2));
    RBM model{BinaryLayer{784}, BinaryLayer{500}};
    training(
        state, model,
        Trainer{ContrastiveDivergence{.steps = k}, Sgd{.learning_rate = 0.01, .momentum = 0.9, .weight_decay = 1e-4}},
        {up(n, 784, 500, 1 + k), down(n, 784, 500, k), statistics(n, 784, 500, 2)});
}

void persistent_cd(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    RBM model{BinaryLayer{784}, BinaryLayer{500}};
    training(state, model,
             Trainer{PersistentCD{.chains = n, .steps = 1},
                     Sgd{.learning_rate = 0.01, .momentum = 0.9, .weight_decay = 1e-4}},
             {up(n, 784, 500, 2), down(n, 784, 500), statistics(n, 784, 500, 2)});
}

void joint_step(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    auto const sweeps = static_cast<double>(state.range(2));
    auto const gibbs = static_cast<double>(state.range(3));
    DBM model{BinaryLayer{784}, BinaryLayer{500}, BinaryLayer{1000}};
    training(state, model,
             Trainer{PersistentCD{.chains = 100, .steps = gibbs},
                     Sgd{.learning_rate = 0.001, .momentum = 0.9, .weight_decay = 1e-4},
                     MeanField{.max_sweeps = static_cast<std::size_t>(sweeps), .tolerance = 0}},
             {up(n, 784, 500), up(n, 500, 1000, 1 + sweeps), down(n, 500, 1000, sweeps), up(100, 784, 500, gibbs),
              down(100, 784, 500, gibbs), up(100, 500, 1000, gibbs), down(100, 500, 1000, gibbs),
              statistics(n, 784, 500), statistics(n, 500, 1000), statistics(100, 784, 500),
              statistics(100, 500, 1000)});
}

void gibbs_sweep(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    DBM model{BinaryLayer{784}, BinaryLayer{500}, BinaryLayer{1000}};
    Random random{1};
    initialise_weights(model, 0.01, random);
    auto states = sample(model, {.count = n, .sweeps = 1}, random);
    Draws const draws = random.split();
    Executor executor{compute(state, n)};
    measure(state, {up(n, 784, 500), down(n, 784, 500), up(n, 500, 1000), down(n, 500, 1000)},
            executor.compute().threads, [&] { gibbs_sweeps(model, states.blocks(), 1, draws, executor); });
}

void mean_field(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    DBM model{BinaryLayer{784}, BinaryLayer{500}, BinaryLayer{1000}};
    Random random{1};
    initialise_weights(model, 0.01, random);
    auto states = sample(model, {.count = n, .sweeps = 1}, random);
    Executor executor{compute(state, n)};
    auto session = MeanField{.max_sweeps = 10, .tolerance = 0}.bind(model);
    measure(state, {up(n, 784, 500), up(n, 500, 1000, 11), down(n, 500, 1000, 10)}, executor.compute().threads, [&] {
        session.infer(model, states.blocks(), {true, false, false}, executor);
    });
}

void step_arguments(benchmark::internal::Benchmark* benchmark) {
    benchmark->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(contrastive_divergence)
    ->ArgNames({"batch", "threads", "k"})
    ->ArgsProduct({{10, 100, 1000}, {1, 2}, {1}})
    ->Args({100, 1, 10})
    ->Apply(step_arguments);
BENCHMARK(persistent_cd)->ArgNames({"batch", "threads"})->Args({100, 1})->Args({100, 2})->Apply(step_arguments);
BENCHMARK(joint_step)
    ->ArgNames({"batch", "threads", "sweeps", "gibbs"})
    ->Args({100, 1, 10, 5})
    ->Args({100, 2, 10, 5})
    ->Args({100, 1, 5, 1})
    ->Apply(step_arguments);
BENCHMARK(gibbs_sweep)->ArgNames({"chains", "threads"})->ArgsProduct({{100, 1000}, {1, 2}})->Apply(step_arguments);
BENCHMARK(mean_field)->ArgNames({"batch", "threads"})->ArgsProduct({{100, 1000}, {1, 2}})->Apply(step_arguments);

} // namespace
