// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Binary units.

#include <boltz/draws.hpp>
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
    void mean(Block<T> x) const noexcept;

    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept;

    /// x becomes the mean and `state` a draw, in one pass; both may be the same block, which then holds the draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept;

    /// `state` becomes a draw from units with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;

    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept;

    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept;

    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const noexcept {}

    /// gradient *= d mean / d x = m (1 - keep m), m the mean that was given on; see `concepts::Activation`.
    template <class T>
    void times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept;

    /// @throws ValueError if a value is not in [0, 1].
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const;

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
    void write_state(std::size_t index, std::span<T> out) const noexcept;
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
