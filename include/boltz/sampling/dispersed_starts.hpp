// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where several chains of one case begin: far apart, so that chains that do not mix disagree.

#include <boltz/any_field.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/given.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// How the free units of a chain are drawn when it begins. Chain c of a case begins in way c modulo the number of
/// ways, so that few chains are the farthest apart; a single chain begins from the biases.
///
/// All are draws of the units without weights, given the known units of their own layer, at natural parameters that
/// differ. A unit is low or high at natural parameter -4 / d or 4 / d, where d is its standard deviation at natural
/// parameter 0: binary units are 0 or 1 but for 3 in 10,000, Gaussian units lie 4 standard deviations from 0. The
/// categories of one multinomial group cannot all be high; they are drawn uniformly instead.
enum class DispersedStart : std::size_t {
    low,      ///< all low
    high,     ///< all high
    biases,   ///< from the biases of the model
    random,   ///< at 4 / d times a standard normal number for each unit: uniform for binary and softmax units
    low_odd,  ///< all layers but those of colour 0 (in a chain, the odd ones) low, then those of colour 0 given them
    high_odd, ///< the same with high ones
};

/// How many ways there are.
inline constexpr std::size_t dispersed_starts = 6;

namespace detail {

/// The standard deviation of every unit of each layer at natural parameter 0, from the slope A''(0) of its mean.
///
/// The slope is taken along alternating signs, since the mean of a multinomial group does not change when all of its
/// natural parameters grow alike. 0 where the unit has no such slope.
template <std::floating_point T>
[[nodiscard]] std::vector<Vector<T>> deviations_at_zero(AnyField<T> const& field) {
    constexpr T step = T(0.125);
    auto const sign = [](std::size_t j) { return j % 2 == 0 ? T{1} : T{-1}; };
    std::vector<Vector<T>> result;
    for (std::size_t l = 0; l < field.layers(); ++l) {
        std::size_t const size = field.sizes()[l];
        Matrix<T> means = zero_matrix<T>(2, size);
        for (std::size_t j = 0; j < size; ++j) {
            means(0, j) = step * sign(j);
            means(1, j) = -step * sign(j);
        }
        field.unit(l).mean(Block<T>{means});
        result.push_back(zero_vector<T>(size));
        for (std::size_t j = 0; j < size; ++j) {
            T const slope = (means(0, j) - means(1, j)) * sign(j) / (2 * step);
            if (slope > 0 && std::isfinite(slope)) result[l](j) = std::sqrt(slope);
        }
    }
    return result;
}

/// The states at which `chains` chains of each case begin, chain c of case i in row i * chains + c: the known units
/// at their values, the others as `DispersedStart` says. `all` is what is known, repeated for all chains.
template <std::floating_point T>
[[nodiscard]] States<T> begin_given(AnyField<T> const& field, Given<T> const& all, std::size_t chains,
                                    Draws const& draws) {
    constexpr T extreme = 4;
    std::size_t const rows = all.cases();
    std::size_t const layers = field.layers();
    States<T> states{rows, field.sizes()};
    States<T> scratch{rows, field.sizes()};
    auto const start_of = [&](std::size_t row) {
        return chains == 1 ? DispersedStart::biases : static_cast<DispersedStart>(row % chains % dispersed_starts);
    };
    auto const clamps = all.clamps();
    auto const deviations = deviations_at_zero(field);
    all.write(states);
    for (std::size_t l = 0; l < layers; ++l) {
        if (clamps.whole()[l]) continue;
        Block<T> const x = scratch[l];
        field.input(l, states, x, {.below = 0, .above = 0});
        Draws const normal = draws.stream(layers).stream(l);
        for (std::size_t i = 0; i < rows; ++i) {
            DispersedStart const start = start_of(i);
            if (start == DispersedStart::biases) continue;
            bool const low = start == DispersedStart::low || start == DispersedStart::low_odd;
            if (start == DispersedStart::random)
                normal.normal(i, 0, x.row(i));
            else
                for (T& value : x.row(i)) value = low ? T{-1} : T{1};
            for (std::size_t j = 0; j < x.columns; ++j)
                x(i, j) = deviations[l](j) > 0 ? x(i, j) * extreme / deviations[l](j) : T{0};
        }
        if (clamps.partly(l)) {
            field.unit(l).sample_given(x, clamps.mask(l, 0, rows), states[l], draws.stream(l));
        } else {
            copy<T>(x, states[l]);
            field.unit(l).sample(states[l], draws.stream(l));
        }
    }
    if (chains <= static_cast<std::size_t>(DispersedStart::low_odd)) return states;
    auto moved = states;
    clamped_update(field, moved, clamps, 0, scratch, 0, draws.stream(layers).stream(layers));
    for (std::size_t i = 0; i < rows; ++i)
        if (start_of(i) == DispersedStart::low_odd || start_of(i) == DispersedStart::high_odd)
            for (std::size_t l = 0; l < layers; ++l)
                if (field.graph().colour(l) == 0) copy<T>(moved[l].row_range(i, 1), states[l].row_range(i, 1));
    return states;
}

} // namespace detail
} // namespace boltz
