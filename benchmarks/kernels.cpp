// SPDX-License-Identifier: MIT

/// @file
/// Matrix products and elementwise kernels by themselves.

#include "support.hpp"

namespace {

void product_up(benchmark::State& state) {
    auto const n = static_cast<std::size_t>(state.range(0));
    boltz::Matrix<float> v = xt::ones<float>({n, std::size_t{784}}), w = xt::ones<float>({784, 500}),
                         h = xt::zeros<float>({n, std::size_t{500}});
    boltz::detail::SingleThreadedProducts const single;
    for (auto _ : state) {
        boltz::detail::gemm<float>(v, boltz::detail::Op::none, w, boltz::detail::Op::none, boltz::Block{h}, 1, 0);
        benchmark::ClobberMemory();
    }
    state.counters["GFLOP/s"] =
        benchmark::Counter(2e-9 * static_cast<double>(n) * 784 * 500, benchmark::Counter::kIsIterationInvariantRate);
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

BENCHMARK(product_up)->Arg(10)->Arg(50)->Arg(100)->Arg(1000);
BENCHMARK(sigmoid)->Arg(50'000);
BENCHMARK(sigmoid_and_draw)->Arg(50'000);
BENCHMARK(uniform)->Arg(50'000);
BENCHMARK(normal)->Arg(50'000);
BENCHMARK(softplus)->Arg(50'000);
BENCHMARK(update)->Arg(392'000);

} // namespace
