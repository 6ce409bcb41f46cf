// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What every unit can be asked, with defaults for what it need not offer.

#include <boltz/archive.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/unit.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boltz::detail {

template <class U, class T>
concept DrawsFromMean = requires(U const unit, Block<T const> mean, Block<T> state, Draws const& draws) {
    unit.draw(mean, state, draws);
};

template <class U>
concept CountsStates = requires(U const unit) {
    unit.state_count(std::size_t{1});
};

template <class U>
concept HasNaturalParameter = requires(U const unit) {
    { unit.natural_parameter(0.5, 0.01, std::size_t{0}) } -> std::convertible_to<double>;
};

template <class U>
concept MadeOfVariables = requires(U const unit, std::vector<VariableGroup>& groups) {
    unit.add_variables(std::size_t{0}, std::size_t{1}, groups);
};

template <class U>
concept HasPrecision = requires(U const unit) {
    { unit.precision(std::size_t{0}) } -> std::convertible_to<double>;
};

/// x becomes the mean and `state`, another block, a draw; in one pass where the unit knows how.
template <class U, std::floating_point T>
void mean_and_sample(U const& unit, Block<T> x, Block<T> state, Draws const& draws) {
    if constexpr (requires { unit.mean_and_sample(x, state, draws); }) {
        unit.mean_and_sample(x, state, draws);
    } else {
        copy(x, state);
        unit.mean(x);
        unit.sample(state, draws);
    }
}

/// x, natural parameters, becomes the means of the units that are free given the others, which `clamped` marks with 1
/// and which have their values in `state`; those values stand in x too. Units without these functions are
/// independent.
template <class U, std::floating_point T>
void mean_given(U const& unit, Block<T> x, Block<T const> clamped, Block<T const> state) {
    if constexpr (requires { unit.mean_given(x, clamped, state); }) {
        unit.mean_given(x, clamped, state);
    } else {
        unit.mean(x);
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t j = 0; j < x.columns; ++j)
                if (clamped(i, j) != 0) x(i, j) = state(i, j);
    }
}

/// The free units of `state` become a draw given the clamped ones, which keep their values; x, the natural
/// parameters, is used up.
template <class U, std::floating_point T>
void sample_given(U const& unit, Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) {
    if constexpr (requires { unit.sample_given(x, clamped, state, draws); }) {
        unit.sample_given(x, clamped, state, draws);
    } else {
        unit.sample(x, draws);
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t j = 0; j < x.columns; ++j)
                if (clamped(i, j) == 0) state(i, j) = x(i, j);
    }
}

/// Gives a unit the size of its layer, if it has `prepare`.
template <class U>
void prepare(U& unit, std::size_t size) {
    if constexpr (requires { unit.prepare(size); }) unit.prepare(size);
}

/// Refuses a unit that was made for another size, if it has `check_size`.
template <class U>
void check_size(U const& unit, std::size_t size) {
    if constexpr (requires { unit.check_size(size); }) unit.check_size(size);
}

/// `f(unit, first column, columns)` for every unit with parameters of its own: the unit itself or parts of a joint
/// one.
template <class T, class U, class F>
void for_each_parametric(U& unit, std::size_t first, std::size_t columns, F&& f) {
    if constexpr (requires { std::remove_const_t<U>::parts; })
        unit.each([&](auto& part, std::size_t p) {
            for_each_parametric<T>(part, first + unit.offset(p), unit.sizes()[p], f);
        });
    else if constexpr (concepts::ParametricUnit<std::remove_const_t<U>, T>)
        f(unit, first, columns);
}

/// Gives `unit` the mean of its own parameters and another's, where it has any.
template <class U>
void average_units(U& unit, U const& other) {
    if constexpr (requires { unit.average_with(other); }) unit.average_with(other);
}

/// Visits what a unit keeps of its own under `name`, if it keeps anything.
///
/// A function and not a lambda's body: clang 14 takes a requires-expression about captured names for false.
template <class Archive, class U>
void archive_unit(Archive& archive, std::string_view name, U& unit) {
    if constexpr (requires { unit.archive(archive); }) archive.nested(name, unit);
}

/// The precision of the unit in a column; negative where it has none.
template <class U>
[[nodiscard]] double precision(U const& unit, std::size_t column) {
    if constexpr (HasPrecision<U>) return unit.precision(column);
    return -1;
}

/// Whether a row of data lies between the states of a unit that takes means, parts of joint units included.
template <class U, std::floating_point T>
[[nodiscard]] bool lies_between_states(U const& unit, std::span<T const> row) {
    if constexpr (requires { U::parts; }) {
        bool result = false;
        unit.each([&](auto const& part, std::size_t p) {
            result = result || lies_between_states(part, row.subspan(unit.offset(p), unit.sizes()[p]));
        });
        return result;
    } else if constexpr (requires { U::takes_means; }) {
        return U::takes_means && !whole_numbers(row);
    } else {
        return false;
    }
}

/// Throws ValueError if the unit cannot have these states; a unit without `validate` takes any finite value. Messages
/// count the rows from `first_row` on, the number that the first one of this block has in the data.
template <class U, std::floating_point T>
void validate(U const& unit, Block<T const> states, std::string_view argument, std::size_t first_row = 0) {
    if constexpr (requires { unit.validate(states, argument, first_row); }) {
        unit.validate(states, argument, first_row);
    } else if constexpr (requires { unit.validate(states, argument); }) {
        if (first_row == 0)
            unit.validate(states, argument);
        else
            unit.validate(states, std::string{argument} + " (rows from " + std::to_string(first_row) + " on)");
    } else {
        for (std::size_t i = 0; i < states.rows; ++i)
            for (std::size_t j = 0; j < states.columns; ++j)
                if (!std::isfinite(states(i, j)))
                    fail<ValueError>(argument, " holds ", states(i, j), " in row ", first_row + i, ", column ", j,
                                     ", but must be finite");
    }
}

} // namespace boltz::detail
