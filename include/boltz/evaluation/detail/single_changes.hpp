// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Conditional probabilities of single variables of a visible state.

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
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
    SingleChanges(AnyField<T> const& field, char const* function) : field_{field} {
        check_two_layers(field, function);
        std::size_t const units = field.sizes()[0];
        if (!field.unit(0).add_variables(0, units, groups_))
            fail<ValueError>(function, ": the visible layer has ", field.unit(0).name(),
                             " units, but must be made of binary units and multinomial groups");
        for (VariableGroup const& group : groups_) {
            if (group.trials > 0) widest_ = std::max(widest_, group.columns);
            variables_ += group.trials == 0 ? group.columns : group.trials;
            group_of_.insert(group_of_.end(), group.columns, static_cast<std::size_t>(&group - groups_.data()));
        }
        rows_ = zero_matrix<T>(units, field.sizes()[1]);
        bias_ = zero_matrix<T>(1, units);
        field.input(0, {}, Block{bias_}, {.below = 0, .above = 0});
        Matrix<T> one = zero_matrix<T>(std::min(units, strip), units);
        for (std::size_t first = 0; first < units; first += strip) {
            std::size_t const count = std::min(strip, units - first);
            one.fill(0);
            for (std::size_t i = 0; i < count; ++i) one(i, first + i) = 1;
            StateBlocks<T, 2> const states{Block{one}.row_range(0, count), {}};
            field.input(1, states, Block{rows_}.row_range(first, count), {.bias = 0});
        }
    }

    /// How many variables a state has.
    [[nodiscard]] std::size_t variables() const noexcept { return variables_; }

    /// Refuses values between states.
    void check(Block<T const> visible, std::size_t first_case, char const* function) const {
        for (std::size_t i = 0; i < visible.rows; ++i)
            for (std::size_t j = 0; j < visible.columns; ++j)
                if (T const s = visible(i, j); s != std::round(s))
                    fail<ValueError>(function, ": case ", first_case + i, " holds ", s, " in column ", j,
                                     ", but must be a state; binarise grey values");
    }

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
    [[nodiscard]] std::size_t column(std::span<T const> state, std::size_t index) const {
        for (VariableGroup const& group : groups_) {
            std::size_t const here = group.trials == 0 ? group.columns : group.trials;
            if (index >= here) {
                index -= here;
                continue;
            }
            if (group.trials == 0) return group.first + index;
            auto left = static_cast<double>(index);
            std::size_t j = group.first;
            for (; j + 1 < group.first + group.columns && left >= static_cast<double>(state[j]); ++j)
                left -= static_cast<double>(state[j]);
            return j;
        }
        return 0;
    }

    /// The conditionals of some states, with room for what they need.
    class Workspace {
      public:
        Workspace(SingleChanges const& changes, StatesView<T const> states)
            : changes_{changes}, visible_{states[0]}, input_{zero_matrix<T>(states.rows(), states[1].columns)},
              changed_{zero_matrix<T>(changes.widest_, states[1].columns)}, sums_(states.rows(), 0.0),
              weights_(changes.widest_, 0.0) {
            changes.field_.input(1, states, Block{input_});
            unit().add_log_partition(Block<T const>{input_}, std::span{sums_});
        }

        /// log p of the variable of row i that stands in `column`, given all others.
        [[nodiscard]] double log_conditional(std::size_t i, std::size_t column) {
            VariableGroup const& group = changes_.groups_[changes_.group_of_[column]];
            T const* const bias = changes_.bias_.data();
            std::size_t const values = group.trials == 0 ? 1 : group.columns;
            for (std::size_t k = 0; k < values; ++k) {
                std::copy_n(Block{input_}.row(i).data(), input_.shape(1), Block{changed_}.row(k).data());
                if (group.trials == 0) {
                    T const step = visible_(i, column) > 0 ? T{-1} : T{1};
                    weights_[k] = static_cast<double>(step) * static_cast<double>(bias[column]);
                    move(k, column, step);
                } else {
                    std::size_t const other = group.first + k;
                    weights_[k] = static_cast<double>(bias[other]) - static_cast<double>(bias[column]);
                    if (other == column) continue;
                    move(k, column, T{-1});
                    move(k, other, T{1});
                }
            }
            unit().add_log_partition(Block<T const>{changed_}.row_range(0, values),
                                     std::span{weights_}.first(values));
            double top = 0; // the state as it is weighs 1
            for (std::size_t k = 0; k < values; ++k) top = std::max(top, weights_[k] -= sums_[i]);
            double sum = group.trials == 0 ? std::exp(-top) : 0;
            for (std::size_t k = 0; k < values; ++k) sum += std::exp(weights_[k] - top);
            return -top - std::log(sum);
        }

      private:
        AnyUnit<T> const& unit() const { return changes_.field_.unit(1); }
        void move(std::size_t k, std::size_t column, T step) {
            axpy(Block{changed_}.row(k).data(), Block{changes_.rows_}.row(column).data(), changed_.shape(1), step);
        }

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
