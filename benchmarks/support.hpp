// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the benchmarks have in common: product engines, and steps timed beside the bare products of the same shapes.

#include <boltz/dbm.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using BinaryLayer = boltz::StochasticLayer<boltz::Bernoulli>;
using Time = std::chrono::steady_clock;

/// Seconds that a call takes.
template <class F>
double seconds(F&& f) {
    auto const start = Time::now();
    f();
    return std::chrono::duration<double>(Time::now() - start).count();
}

/// The middle one of some numbers; the upper one of two.
inline double median(std::vector<double> numbers) {
    auto const middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    return *middle;
}

/// What computes the products of a step.
enum class Engine {
    blas,    ///< OpenBLAS, from the weights as they are
    float32, ///< packed weights in float
    bfloat16 ///< packed weights in bfloat16
};

inline constexpr Engine engines[] = {Engine::blas, Engine::float32, Engine::bfloat16};

inline std::string to_string(Engine engine) {
    return engine == Engine::blas ? "blas" : engine == Engine::float32 ? "float32" : "bfloat16";
}

/// Makes a prepared machine multiply by an engine. One that has chosen nothing multiplies as in a program without
/// oneDNN.
inline void choose(boltz::Prepared<float>& prepared, Engine engine) {
    if (engine == Engine::blas) return;
    prepared.choose(engine == Engine::float32 ? boltz::Precision::float32 : boltz::Precision::bfloat16);
}

/// Why an engine cannot be had in this program on this processor; empty where it can.
inline std::string without(Engine engine) {
    boltz::RBM const model{BinaryLayer{64}, BinaryLayer{64}};
    boltz::Prepared prepared{model};
    try {
        choose(prepared, engine);
    } catch (boltz::ValueError const& error) {
        return error.what();
    }
    if (engine != Engine::blas && prepared.description().find("BLAS") != std::string::npos)
        return "packed products need boltz::onednn (libdnnl-dev) and AVX-512";
    return {};
}

/// How a step is run.
struct Setting {
    Engine engine = Engine::blas;
    std::size_t threads = 1;
    std::size_t block_rows = boltz::Compute{}.block_rows;
};

/// One product of a step: rows x inner times inner x columns, with its operands stored as the library has them.
struct Product {
    std::size_t rows, columns, inner;
    bool transpose_a = false, transpose_b = false;
    double count = 1; ///< how often a step computes it
};

/// x W for a number of cases.
inline Product up(std::size_t cases, std::size_t below, std::size_t above, double count = 1) {
    return {.rows = cases, .columns = above, .inner = below, .count = count};
}
/// y W' for a number of cases.
inline Product down(std::size_t cases, std::size_t below, std::size_t above, double count = 1) {
    return {.rows = cases, .columns = below, .inner = above, .transpose_b = true, .count = count};
}
/// x' y: the statistics of the weights.
inline Product statistics(std::size_t cases, std::size_t below, std::size_t above, double count = 1) {
    return {.rows = below, .columns = above, .inner = cases, .transpose_a = true, .count = count};
}

/// Floating-point operations of products.
inline double operations(std::vector<Product> const& products) {
    double sum = 0;
    for (Product const& p : products)
        sum +=
            2 * p.count * static_cast<double>(p.rows) * static_cast<double>(p.columns) * static_cast<double>(p.inner);
    return sum;
}

/// The products of a step, ready to be run by themselves on whole matrices, by OpenBLAS on one thread.
class Bare {
  public:
    explicit Bare(std::vector<Product> products) : products_{std::move(products)} {
        for (Product const& p : products_) {
            a_.push_back(xt::ones<float>({p.transpose_a ? p.inner : p.rows, p.transpose_a ? p.rows : p.inner}));
            b_.push_back(xt::ones<float>({p.transpose_b ? p.columns : p.inner, p.transpose_b ? p.inner : p.columns}));
            c_.push_back(xt::zeros<float>({p.rows, p.columns}));
        }
    }

    /// Seconds of all products of one step. Each is run three times and its best time, with its operands in cache, is
    /// counted as often as the step computes it.
    double run() {
        using boltz::detail::Op;
        double total = 0;
        for (std::size_t i = 0; i < products_.size(); ++i) {
            Product const& p = products_[i];
            double best = 1e30;
            for (int round = 0; round < 3; ++round)
                best = std::min(best, seconds([&] {
                                    boltz::detail::gemm<float>(a_[i], p.transpose_a ? Op::transpose : Op::none, b_[i],
                                                               p.transpose_b ? Op::transpose : Op::none,
                                                               boltz::Block{c_[i]}, 1, 0);
                                }));
            total += p.count * best;
        }
        return total;
    }

  private:
    std::vector<Product> products_;
    std::vector<boltz::Matrix<float>> a_, b_, c_;
};

/// A step, ready to be run again and again.
using Step = std::function<void()>;

/// Another step that a step is compared with, and the counter's name for (its time) / (the step's time).
struct Reference {
    std::string counter;
    Step step;
};

/// Times `step` beside its bare products and, where there is one, the step it is compared with: all in turn, so that
/// a machine whose speed drifts slows all of them. Counters are medians of the ratios of the rounds; `threads`
/// workers can at best divide the products' time by their number.
inline void measure(benchmark::State& state, std::vector<Product> const& products, std::size_t threads,
                    Step const& step, Reference const& reference = {}) {
    Bare bare{products};
    boltz::detail::SingleThreadedProducts const single;
    bare.run();
    step();
    // Between short steps of a training the parameters stay in cache, so they are brought back after the others.
    constexpr double is_short = 0.02;
    bool const warm = seconds(step) < is_short;
    auto const time_of = [warm](Step const& timed) {
        if (warm) timed();
        return seconds(timed);
    };
    if (reference.step) reference.step();
    std::vector<double> steps, shares, ratios;
    for (auto _ : state) {
        double const of_products = bare.run();
        double const of_step = time_of(step);
        state.SetIterationTime(of_step);
        steps.push_back(of_step);
        shares.push_back(of_products / static_cast<double>(threads) / of_step);
        if (reference.step) ratios.push_back(time_of(reference.step) / of_step);
    }
    state.counters["share_of_product"] = median(shares);
    state.counters["GFLOP/s"] = 1e-9 * operations(products) / median(steps);
    if (reference.step) state.counters[reference.counter] = median(ratios);
}

/// Images that look like digits to a processor: a fifth of the pixels is set.
inline boltz::Matrix<float> images(std::size_t rows, std::size_t columns) {
    boltz::Matrix<float> result = xt::zeros<float>({rows, columns});
    boltz::Draws const draws = boltz::Draws::from_seed(5);
    for (std::size_t i = 0; i < rows; ++i) {
        draws.uniform(i, 0, boltz::Block{result}.row(i));
        for (float& x : boltz::Block{result}.row(i)) x = x < 0.2f ? 1.0f : 0.0f;
    }
    return result;
}

} // namespace bench
