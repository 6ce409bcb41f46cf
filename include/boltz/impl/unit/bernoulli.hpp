// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/bernoulli.hpp>

#include <boltz/detail/activations.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boltz {

template <class T>
void Bernoulli::mean(Block<T> x) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) detail::sigmoid(x.row(i).data(), x.columns);
}

template <class T>
void Bernoulli::sample(Block<T> x, Draws const& draws) const noexcept {
    mean_and_sample(x, x, draws);
}

template <class T>
void Bernoulli::mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i)
        detail::sigmoid_and_draw(x.row(i).data(), state.row(i).data(), draws.key(), draws.first_row() + i, 0,
                                 x.columns);
}

template <class T>
void Bernoulli::draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i)
        detail::draw_bernoulli(mean.row(i).data(), state.row(i).data(), draws.key(), draws.first_row() + i, 0,
                               mean.columns);
}

template <class T>
void Bernoulli::add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) out[i] += detail::sum_softplus(x.row(i).data(), x.columns);
}

template <class T>
void Bernoulli::add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i)
        out[i] += detail::sum_negative_entropy(mean.row(i).data(), mean.columns);
}

template <class T>
void Bernoulli::times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i)
        detail::times_logistic_slope(gradient.row(i).data(), mean.row(i).data(), mean.columns, keep);
}

template <class T>
void Bernoulli::validate(Block<T const> states, std::string_view argument, std::size_t first_row) const {
    for (std::size_t i = 0; i < states.rows; ++i)
        for (std::size_t j = 0; j < states.columns; ++j)
            if (T const s = states(i, j); !(s >= 0 && s <= 1))
                detail::fail<ValueError>(argument, " holds ", s, " in row ", first_row + i, ", column ", j,
                                         ", but Bernoulli units take values in [0, 1]");
}

BOLTZ_INLINE double Bernoulli::natural_parameter(double mean, double smoothing, std::size_t) const noexcept {
    double const m = std::min(std::max(mean, smoothing), 1 - smoothing);
    return std::log(m / (1 - m));
}

BOLTZ_INLINE void Bernoulli::add_variables(std::size_t first, std::size_t columns,
                                           std::vector<VariableGroup>& groups) const {
    groups.push_back({first, columns, 0});
}

template <class T>
void Bernoulli::write_state(std::size_t index, std::span<T> out) const noexcept {
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = static_cast<T>((index >> j) & 1u);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Bernoulli::mean<T>(Block<T> x) const noexcept;                                                     \
    template void Bernoulli::sample<T>(Block<T> x, Draws const& draws) const noexcept;                               \
    template void Bernoulli::mean_and_sample<T>(Block<T> x, Block<T> state, Draws const& draws) const noexcept;      \
    template void Bernoulli::draw<T>(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;        \
    template void Bernoulli::add_log_partition<T>(Block<T const> x, std::span<double> out) const noexcept;           \
    template void Bernoulli::add_conjugate<T>(Block<T const> mean, std::span<double> out) const noexcept;            \
    template void Bernoulli::times_slope<T>(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep)    \
        const noexcept;                                                                                              \
    template void Bernoulli::validate<T>(Block<T const> states, std::string_view argument, std::size_t first_row)    \
        const;                                                                                                       \
    template void Bernoulli::write_state<T>(std::size_t index, std::span<T> out) const noexcept;                     \
    template class UnitAdapter<Bernoulli, T>;                                                                        \
    template class ActivationAdapter<Bernoulli, T>;
#include <boltz/detail/instantiate.hpp>
