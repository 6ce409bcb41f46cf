// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What becomes of a visible state's probability when one of its variables changes.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/joint.hpp>
#include <boltz/unit/multinomial.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz::detail {

/// Units that are made of variables with few values: binary units, and trials of multinomial groups.
template <class U>
inline constexpr bool made_of_variables = false;
template <>
inline constexpr bool made_of_variables<Bernoulli> = true;
template <>
inline constexpr bool made_of_variables<Multinomial> = true;
template <class... Parts>
inline constexpr bool made_of_variables<JointUnit<Parts...>> = (made_of_variables<Parts> && ...);

/// A field whose visible states can be changed one variable at a time.
template <class F>
concept SinglyChangeable = concepts::Field<F> && made_of_variables<
    typename std::remove_cvref_t<decltype(std::declval<F const&>().template layer<0>())>::unit_type>;

/// log p(one variable | all others) of the visible states of a field of two layers.
///
/// A trial of a group is a variable with as many values as there are categories. Trials are told apart, so the number
/// of orders in which a state can come about, its own term, plays no part. To change a unit adds its row of W to what
/// the hidden layer hears; those rows are asked of the field once, with the unit matrix for states.
template <SinglyChangeable F>
class SingleChanges {
    using T = typename F::value_type;
    using Blocks = StateBlocks<T, 2>;

  public:
    explicit SingleChanges(F const& field)
        : field_{field}, rows_{xt::zeros<T>({field.sizes()[0], field.sizes()[1]})}, bias_{xt::zeros<T>(
                                                                                        {std::size_t{1},
                                                                                         field.sizes()[0]})} {
        add_groups(field.template layer<0>().unit(), 0, field.sizes()[0]);
        field.template input<0>(Blocks{}, Block{bias_}, {.below = 0, .above = 0});
        std::size_t const units = field.sizes()[0];
        Matrix<T> one = xt::zeros<T>({std::min(units, strip), units});
        for (std::size_t first = 0; first < units; first += strip) {
            std::size_t const count = std::min(strip, units - first);
            one.fill(0);
            for (std::size_t i = 0; i < count; ++i) one(i, first + i) = 1;
            field.template input<1>(Blocks{Block{one}.row_range(0, count), {}}, Block{rows_}.row_range(first, count),
                                    {.above = 0, .bias = 0});
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
        for (Group const& group : groups_)
            for (std::size_t j = group.first; j < group.first + group.columns; ++j) {
                if (group.trials == 0)
                    f(j, 1.0);
                else if (state[j] > 0)
                    f(j, static_cast<double>(state[j]));
            }
    }
    template <class Use>
    void each_kind(std::span<T> state, Use&& f) const {
        each_kind(std::span<T const>{state}, f);
    }

    /// The column in which variable `index` of this state stands.
    [[nodiscard]] std::size_t column(std::span<T const> state, std::size_t index) const {
        for (Group const& group : groups_) {
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
        Workspace(SingleChanges const& changes, Blocks const& states)
            : changes_{changes}, visible_{states[0]}, input_{xt::zeros<T>({states[0].rows, states[1].columns})},
              heard_{xt::zeros<T>({changes.widest_, states[1].columns})}, sums_(states[0].rows, 0.0),
              weights_(changes.widest_, 0.0) {
            changes.field_.template input<1>(states, Block{input_});
            unit().add_log_partition(Block<T const>{input_}, std::span{sums_});
        }

        /// log p of the variable of row i that stands in `column`, given all others.
        [[nodiscard]] double log_conditional(std::size_t i, std::size_t column) {
            Group const& group = changes_.groups_[changes_.group_of_[column]];
            T const* const bias = changes_.bias_.data();
            std::size_t const values = group.trials == 0 ? 1 : group.columns;
            for (std::size_t k = 0; k < values; ++k) {
                std::copy_n(Block{input_}.row(i).data(), input_.shape(1), Block{heard_}.row(k).data());
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
            unit().add_log_partition(Block<T const>{heard_}.row_range(0, values), std::span{weights_}.first(values));
            double top = 0; // the state as it is weighs 1
            for (std::size_t k = 0; k < values; ++k) top = std::max(top, weights_[k] -= sums_[i]);
            double sum = group.trials == 0 ? std::exp(-top) : 0;
            for (std::size_t k = 0; k < values; ++k) sum += std::exp(weights_[k] - top);
            return -top - std::log(sum);
        }

      private:
        auto const& unit() const { return changes_.field_.template layer<1>().unit(); }
        void move(std::size_t k, std::size_t column, T step) {
            axpy(Block{heard_}.row(k).data(), Block{changes_.rows_}.row(column).data(), heard_.shape(1), step);
        }

        SingleChanges const& changes_;
        Block<T const> visible_;
        Matrix<T> input_;
        Matrix<T> heard_;
        std::vector<double> sums_;
        std::vector<double> weights_;
    };

    [[nodiscard]] Workspace workspace(Blocks const& states) const { return Workspace{*this, states}; }

  private:
    /// Columns that belong together; no trials means binary units.
    struct Group {
        std::size_t first = 0;
        std::size_t columns = 0;
        std::size_t trials = 0;
    };
    static constexpr std::size_t strip = 256;

    template <class U>
    void add_groups(U const& unit, std::size_t first, std::size_t columns) {
        if constexpr (requires { U::parts; }) {
            unit.each(
                [&](auto const& part, std::size_t p) { add_groups(part, first + unit.offset(p), unit.sizes()[p]); });
        } else {
            Group group{first, columns, 0};
            if constexpr (requires { unit.trials(); }) {
                group.trials = unit.trials();
                widest_ = std::max(widest_, columns);
            }
            variables_ += group.trials == 0 ? columns : group.trials;
            group_of_.insert(group_of_.end(), columns, groups_.size());
            groups_.push_back(group);
        }
    }

    F const& field_;
    Matrix<T> rows_;
    Matrix<T> bias_;
    std::vector<Group> groups_;
    std::vector<std::size_t> group_of_;
    std::size_t variables_ = 0;
    std::size_t widest_ = 1;
};

} // namespace boltz::detail
