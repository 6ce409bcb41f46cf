// SPDX-License-Identifier: MIT

/// @file
/// Matrix products, packing of weights and elementwise kernels by themselves.

#include "support.hpp"

#include <algorithm>

#include <boltz/detail/bfloat16.hpp>

#include <cstdint>

namespace {

using bench::Engine;

/// The layers whose weights are multiplied and packed.
boltz::RBM<bench::BinaryLayer, bench::BinaryLayer> model() {
    boltz::RBM rbm{bench::BinaryLayer{784}, bench::BinaryLayer{500}};
    boltz::Random random{1};
    boltz::initialise_weights(rbm, 0.01, random);
    return rbm;
}

enum class Kind { up, down, statistics };

/// The statistics of a batch, as an update makes them: states packed, then the product.
void statistics(boltz::detail::Products<float> const& products, boltz::StatesView<float const> states,
                boltz::Block<float> out) {
    constexpr std::size_t strip = boltz::detail::PackedWeights::strip;
    static boltz::detail::Products<float>::Operands operands; // keeps its room from call to call
    boltz::detail::Sides<float> const sides[] = {{states[0], states[1]}};
    operands.refer(products, sides);
    for (std::size_t first = 0; first < operands.rows(); first += strip)
        operands.pack(products, first, std::min(strip, operands.rows() - first));
    products.statistics(0, operands, 0, 1, 0, out);
}

/// One product by an engine, with what a step needs around it: the bias before, the conversion of states.
void product(benchmark::State& state, Engine engine, Kind kind) {
    if (std::string const reason = bench::without(engine); !reason.empty())
        return state.SkipWithError(reason.c_str());
    auto const rows = static_cast<std::size_t>(state.range(0));
    auto const rbm = model();
    boltz::Executor executor{{.threads = 1}};
    boltz::States<float> states{rows, rbm.sizes()};
    for (std::size_t l = 0; l < 2; ++l) {
        auto const values = bench::images(rows, rbm.sizes()[l]);
        boltz::copy<float>(boltz::Block{values}, states[l]);
    }
    boltz::States<float> out{rows, rbm.sizes()};
    auto gradient = rbm.make_gradient();
    boltz::Prepared packed{rbm}, plain{rbm};
    bench::choose(packed, engine);
    packed.refresh(executor);
    auto const run = [&](boltz::Prepared<float>& prepared) {
        if (kind == Kind::up)
            prepared.input(1, states, out[1]);
        else if (kind == Kind::down)
            prepared.input(0, states, out[0]);
        else
            statistics(prepared.packed()->products(), states, gradient.weights[0]);
    };
    bench::Reference reference;
    if (engine != Engine::blas) reference = {"times_blas", [&] { run(plain); }};
    auto const shape = kind == Kind::up     ? bench::up(rows, 784, 500)
                       : kind == Kind::down ? bench::down(rows, 784, 500)
                                            : bench::statistics(rows, 784, 500);
    bench::measure(
        state, {shape}, 1, [&] { run(packed); }, reference);
}

/// Both copies of the weights, W and W', after an update.
void packing(benchmark::State& state, Engine engine) {
    if (std::string const reason = bench::without(engine); !reason.empty())
        return state.SkipWithError(reason.c_str());
    auto const rbm = model();
    boltz::Executor executor{{.threads = 1}};
    boltz::Prepared prepared{rbm};
    bench::choose(prepared, engine);
    for (auto _ : state) {
        prepared.refresh(executor);
        benchmark::ClobberMemory();
    }
    state.counters["ns/number"] =
        benchmark::Counter(1e-9 * static_cast<double>(rbm.weights().size()),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class F>
void elementwise(benchmark::State& state, F kernel) {
    auto const n = static_cast<std::size_t>(state.range(0));
    std::vector<float> x(n, 0.3f), y(n, 0.1f), z(n, 0.2f);
    for (auto _ : state) {
        kernel(x.data(), y.data(), z.data(), n);
        benchmark::ClobberMemory();
    }
    state.counters["ns/number"] = benchmark::Counter(
        1e-9 * static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void sigmoid(benchmark::State& state) {
    elementwise(state, [](float* x, float*, float*, std::size_t n) { boltz::detail::sigmoid(x, n); });
}
void sigmoid_and_draw(benchmark::State& state) {
    elementwise(state,
                [](float* x, float* y, float*, std::size_t n) { boltz::detail::sigmoid_and_draw(x, y, 1, 2, 0, n); });
}
void uniform(benchmark::State& state) {
    elementwise(state, [](float* x, float*, float*, std::size_t n) { boltz::detail::philox_uniform(1, 2, 0, x, n); });
}
void normal(benchmark::State& state) {
    elementwise(state, [](float* x, float*, float*, std::size_t n) { boltz::detail::philox_normal(1, 2, 0, x, n); });
}
void softplus(benchmark::State& state) {
    elementwise(state, [](float* x, float*, float*, std::size_t n) {
        benchmark::DoNotOptimize(boltz::detail::sum_softplus(x, n));
    });
}
void update(benchmark::State& state) {
    elementwise(state, [](float* x, float* y, float* z, std::size_t n) {
        boltz::detail::momentum_update(x, y, z, n, 0.9f, 1e-6f, 1e-4f);
    });
}
void to_bfloat16(benchmark::State& state) {
    std::vector<std::uint16_t> out(static_cast<std::size_t>(state.range(0)));
    elementwise(state,
                [&](float* x, float*, float*, std::size_t n) { boltz::detail::to_bfloat16(x, out.data(), n); });
}

void rows(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgName("rows")->Arg(10)->Arg(50)->Arg(100)->Arg(1000)->UseManualTime()->Iterations(30)->Unit(
        benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(product, blas_up, Engine::blas, Kind::up)->Apply(rows);
BENCHMARK_CAPTURE(product, blas_down, Engine::blas, Kind::down)->Apply(rows);
BENCHMARK_CAPTURE(product, blas_statistics, Engine::blas, Kind::statistics)->Apply(rows);
BENCHMARK_CAPTURE(product, float32_up, Engine::float32, Kind::up)->Apply(rows);
BENCHMARK_CAPTURE(product, float32_down, Engine::float32, Kind::down)->Apply(rows);
BENCHMARK_CAPTURE(product, float32_statistics, Engine::float32, Kind::statistics)->Apply(rows);
BENCHMARK_CAPTURE(product, bfloat16_up, Engine::bfloat16, Kind::up)->Apply(rows);
BENCHMARK_CAPTURE(product, bfloat16_down, Engine::bfloat16, Kind::down)->Apply(rows);
BENCHMARK_CAPTURE(product, bfloat16_statistics, Engine::bfloat16, Kind::statistics)->Apply(rows);
BENCHMARK_CAPTURE(packing, float32, Engine::float32);
BENCHMARK_CAPTURE(packing, bfloat16, Engine::bfloat16);
BENCHMARK(to_bfloat16)->Arg(50'000);
BENCHMARK(sigmoid)->Arg(50'000);
BENCHMARK(sigmoid_and_draw)->Arg(50'000);
BENCHMARK(uniform)->Arg(50'000);
BENCHMARK(normal)->Arg(50'000);
BENCHMARK(softplus)->Arg(50'000);
BENCHMARK(update)->Arg(392'000);

} // namespace
