// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Conditional probabilities of single variables of a visible state.

#include <boltz/any_field.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// A field whose visible units are made of variables with few values (binary units, trials of multinomial groups), or
/// one whose units are known only when the program runs.
template <class F>
concept MayChangeSingly = !requires {
    requires !MadeOfVariables<typename F::template layer_type<0>::unit_type>;
};

/// log p(one variable | all others) of the visible states of a field of two layers.
///
/// A trial of a group is a variable with as many values as there are categories. Trials are told apart, so the number
/// of orders in which a state can come about, its self energy, plays no part. To change a unit adds its row of W to
/// the natural parameters of the hidden layer; those rows are computed by the field once, with the unit matrix for
/// states.
template <std::floating_point T>
class SingleChanges {
  public:
    /// @throws ValueError if there are not two layers, or the visible units are not made of variables.
    SingleChanges(AnyField<T> const& field, char const* function);

    /// How many variables a state has.
    [[nodiscard]] std::size_t variables() const noexcept { return variables_; }

    /// Refuses values between states.
    void check(Block<T const> visible, std::size_t first_case, char const* function) const;

    /// `f(column, multiplicity)` for every column in which a variable of this state stands, and how many do.
    template <class Use>
    void each_kind(std::span<T const> state, Use&& f) const {
        for (VariableGroup const& group : groups_)
            for (std::size_t j = group.first; j < group.first + group.columns; ++j) {
                if (group.trials == 0)
                    f(j, 1.0);
                else if (state[j] > 0)
                    f(j, static_cast<double>(state[j]));
            }
    }

    /// The column in which variable `index` of this state stands.
    [[nodiscard]] std::size_t column(std::span<T const> state, std::size_t index) const;

    /// The conditionals of some states, with room for what they need.
    class Workspace {
      public:
        Workspace(SingleChanges const& changes, StatesView<T const> states);

        /// log p of the variable of row i that stands in `column`, given all others.
        [[nodiscard]] double log_conditional(std::size_t i, std::size_t column);

      private:
        AnyUnit<T> const& unit() const { return changes_.field_.unit(1); }
        void move(std::size_t k, std::size_t column, T step);

        SingleChanges const& changes_;
        Block<T const> visible_;
        Matrix<T> input_;
        Matrix<T> changed_;
        std::vector<double> sums_;
        std::vector<double> weights_;
    };

    [[nodiscard]] Workspace workspace(StatesView<T const> states) const { return Workspace{*this, states}; }

  private:
    static constexpr std::size_t strip = 256;

    AnyField<T> const& field_;
    std::vector<VariableGroup> groups_;
    Matrix<T> rows_;
    Matrix<T> bias_;
    std::vector<std::size_t> group_of_;
    std::size_t variables_ = 0;
    std::size_t widest_ = 1;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/single_changes.hpp>
#endif
