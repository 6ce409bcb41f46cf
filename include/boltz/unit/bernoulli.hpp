// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Binary units.

#include <boltz/detail/activations.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boltz {

/// Units with states 0 and 1: p(s = 1 | x) = 1 / (1 + exp(-x)).
///
/// e(s) = 0, A(x) = log(1 + exp(x)), A*(m) = m log m + (1 - m) log(1 - m). Data may be grey values in [0, 1], which
/// are then means. All functions are stable for any finite x and allocate nothing.
struct Bernoulli {
    static constexpr std::string_view name = "bernoulli";
    static constexpr bool takes_means = true; ///< grey values between 0 and 1

    template <class T>
    void mean(Block<T> x) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) detail::sigmoid(x.row(i).data(), x.columns);
    }

    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept {
        mean_and_sample(x, x, draws);
    }

    /// x becomes the mean and `state` a draw, in one pass; both may be the same block, which then holds the draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i)
            detail::sigmoid_and_draw(x.row(i).data(), state.row(i).data(), draws.key(), draws.first_row() + i, 0,
                                     x.columns);
    }

    /// `state` becomes a draw from units with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
        for (std::size_t i = 0; i < mean.rows; ++i)
            detail::draw_bernoulli(mean.row(i).data(), state.row(i).data(), draws.key(), draws.first_row() + i, 0,
                                   mean.columns);
    }

    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) out[i] += detail::sum_softplus(x.row(i).data(), x.columns);
    }

    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < mean.rows; ++i)
            out[i] += detail::sum_negative_entropy(mean.row(i).data(), mean.columns);
    }

    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const noexcept {}

    /// gradient *= d mean / d x = m (1 - keep m), m the mean that was given on; see `concepts::Activation`.
    template <class T>
    void times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept {
        for (std::size_t i = 0; i < mean.rows; ++i)
            detail::times_logistic_slope(gradient.row(i).data(), mean.row(i).data(), mean.columns, keep);
    }

    /// @throws ValueError if a value is not in [0, 1].
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const {
        for (std::size_t i = 0; i < states.rows; ++i)
            for (std::size_t j = 0; j < states.columns; ++j)
                if (T const s = states(i, j); !(s >= 0 && s <= 1))
                    detail::fail<ValueError>(argument, " holds ", s, " in row ", first_row + i, ", column ", j,
                                             ", but Bernoulli units take values in [0, 1]");
    }

    /// The natural parameter of a unit with this mean, which is first kept within [smoothing, 1 - smoothing].
    [[nodiscard]] double natural_parameter(double mean, double smoothing, std::size_t) const noexcept;

    /// Every unit is a variable.
    void add_variables(std::size_t first, std::size_t columns, std::vector<VariableGroup>& groups) const;
    /// 2^size.
    [[nodiscard]] double state_count(std::size_t size) const noexcept {
        return std::ldexp(1.0, static_cast<int>(size));
    }

    /// State number `index`: its binary digits, the lowest first.
    template <class T>
    void write_state(std::size_t index, std::span<T> out) const noexcept {
        for (std::size_t j = 0; j < out.size(); ++j) out[j] = static_cast<T>((index >> j) & 1u);
    }
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
#include <boltz/unit/any_unit.hpp>

namespace boltz {

extern template class UnitAdapter<Bernoulli, float>;
extern template class UnitAdapter<Bernoulli, double>;
extern template class ActivationAdapter<Bernoulli, float>;
extern template class ActivationAdapter<Bernoulli, double>;

} // namespace boltz
#else
#include <boltz/impl/unit/bernoulli.hpp>
#endif
