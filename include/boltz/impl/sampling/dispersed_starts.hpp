// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/dispersed_starts.hpp>

#include <boltz/any_field.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/given.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<Vector<T>> deviations_at_zero(AnyField<T> const& field) {
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

template <std::floating_point T>
States<T> begin_given(AnyField<T> const& field, Given<T> const& all, std::size_t chains, Draws const& draws) {
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

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<Vector<T>> deviations_at_zero<T>(AnyField<T> const& field);                                 \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template States<T> begin_given<T>(AnyField<T> const& field, Given<T> const& all, std::size_t chains,             \
                                      Draws const& draws);                                                           \
    }
#include <boltz/detail/instantiate.hpp>
