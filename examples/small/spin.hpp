// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A unit of one's own: spins, the units of the Ising model.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

/// Spins with states -1 and +1: p(s = 1 | x) = 1 / (1 + exp(-2 x)).
///
/// e(s) = 0, A(x) = log(2 cosh x), mean tanh x, A*(m) = sum over both states of p log p with p = (1 + s m) / 2.
struct Spin {
    static constexpr std::string_view name = "spin";

    // What every unit must offer.

    template <class T>
    void mean(boltz::Block<T> x) const {
        each(x, [](T& value) { value = std::tanh(value); });
    }

    template <class T>
    void sample(boltz::Block<T> x, boltz::Draws const& draws) const {
        mean(x);
        draw(boltz::Block<T const>{x}, x, draws);
    }

    template <class T>
    void add_log_partition(boltz::Block<T const> x, std::span<double> out) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (double const value : x.row(i))
                out[i] += std::abs(value) + std::log1p(std::exp(-2 * std::abs(value)));
    }

    template <class T>
    void add_conjugate(boltz::Block<T const> mean, std::span<double> out) const {
        auto const term = [](double p) { return p > 0 ? p * std::log(p) : 0; };
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (double const m : mean.row(i)) out[i] += term((1 + m) / 2) + term((1 - m) / 2);
    }

    template <class T>
    void add_self_energy(boltz::Block<T const>, std::span<double>) const {}

    // What a unit may offer: draws from a mean, a check of data, initial biases, enumeration.

    template <class T>
    void draw(boltz::Block<T const> mean, boltz::Block<T> state, boltz::Draws const& draws) const {
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (std::size_t j = 0; j < mean.columns; ++j) {
                T uniform;
                draws.uniform(i, j, std::span<T>{&uniform, 1});
                state(i, j) = 2 * uniform - 1 < mean(i, j) ? T{1} : T{-1};
            }
    }

    template <class T>
    void validate(boltz::Block<T const> states, std::string_view argument) const {
        each(states, [&](T value) {
            if (!(std::abs(value) <= 1))
                boltz::fail<boltz::ValueError>(argument, " holds ", value, ", but spins lie in [-1, 1]");
        });
    }

    double natural_parameter(double mean, double smoothing, std::size_t) const {
        return std::atanh(std::clamp(mean, smoothing - 1, 1 - smoothing));
    }

    double state_count(std::size_t size) const { return std::exp2(size); }

    template <class T>
    void write_state(std::size_t index, std::span<T> out) const {
        for (std::size_t j = 0; j < out.size(); ++j) out[j] = (index >> j & 1) != 0 ? T{1} : T{-1};
    }

  private:
    template <class T, class F>
    static void each(boltz::Block<T> block, F f) {
        for (std::size_t i = 0; i < block.rows; ++i)
            for (T& value : block.row(i)) f(value);
    }
};
