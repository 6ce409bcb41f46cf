// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the benchmarks have in common: steps timed beside the bare matrix products of the same shapes.

#include <boltz/dbm.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace bench {

using Time = std::chrono::steady_clock;

/// Seconds that a call takes.
template <class F>
double seconds(F&& f) {
    auto const start = Time::now();
    f();
    return std::chrono::duration<double>(Time::now() - start).count();
}

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

/// The products of a step, ready to be run by themselves on whole matrices, on one thread.
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

    [[nodiscard]] double operations() const {
        double sum = 0;
        for (Product const& p : products_)
            sum += 2 * p.count * static_cast<double>(p.rows) * static_cast<double>(p.columns) *
                   static_cast<double>(p.inner);
        return sum;
    }

  private:
    std::vector<Product> products_;
    std::vector<boltz::Matrix<float>> a_, b_, c_;
};

/// Times `step` beside its bare products, in turn, so that a machine whose speed drifts slows both. The median of the
/// ratios of the rounds is the share; `threads` workers can at best divide the products' time by their number.
template <class Step>
void measure(benchmark::State& state, std::vector<Product> products, std::size_t threads, Step&& step) {
    Bare bare{std::move(products)};
    boltz::detail::SingleThreadedProducts const single;
    step();
    bare.run();
    std::vector<double> shares;
    double total = 0;
    for (auto _ : state) {
        double const of_products = bare.run();
        double const of_step = seconds(step);
        state.SetIterationTime(of_step);
        total += of_step;
        shares.push_back(of_products / static_cast<double>(threads) / of_step);
    }
    std::nth_element(shares.begin(), shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2), shares.end());
    state.counters["share_of_product"] = shares[shares.size() / 2];
    state.counters["GFLOP/s"] = 1e-9 * bare.operations() * static_cast<double>(shares.size()) / total;
}

using BinaryLayer = boltz::StochasticLayer<boltz::Bernoulli>;

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
