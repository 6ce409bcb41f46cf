// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The truth about small models, by enumeration.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/checked_cases.hpp>
#include <boltz/executor.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// How far an enumeration may go.
struct ExactOptions {
    double max_states = 16777216; ///< configurations enumerated a case, 2^24; a few minutes for tens of units
};

namespace detail {

/// All configurations of the layers that cannot be summed out by A(x).
///
/// Layers of a set without neighbours are independent given the rest, so each is summed (integrated) in closed form:
/// log sum = sum_{l not summed} [b_l' s_l - e_l(s_l)] + sum_{pairs not summed} s_l' W_l s_{l+1} + sum_{l summed}
/// A_l(x_l). Of all such sets the one that leaves the fewest states to enumerate is taken; layers that cannot be
/// enumerated belong to it.
template <Field F>
class Enumeration {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;
    static constexpr std::size_t block_rows = 256;

  public:
    Enumeration(F const& field, Observed<depth> const& observed, ExactOptions const& options, char const* function)
        : field_{&field}, observed_{observed} {
        std::array<double, depth> const counts = state_counts(field);
        double best = std::numeric_limits<double>::infinity();
        for (std::size_t set = 0; set < std::size_t{1} << depth; ++set) {
            bool allowed = true;
            double states = 1;
            for (std::size_t l = 0; l < depth; ++l) {
                bool const in = (set >> l & 1) != 0;
                allowed = allowed && !(in && observed[l]) && !(in && l > 0 && (set >> (l - 1) & 1) != 0);
                if (!in && !observed[l]) states *= counts[l];
            }
            if (allowed && states < best) {
                best = states;
                for (std::size_t l = 0; l < depth; ++l) summed_[l] = (set >> l & 1) != 0;
            }
        }
        if (best == std::numeric_limits<double>::infinity())
            fail<ValueError>(function, ": layers of the model that cannot be enumerated are neighbours, but only "
                                       "layers without a common weight can be integrated in closed form");
        if (!(best <= options.max_states))
            fail<ValueError>(function, ": the model has ", best, " states to enumerate, but options.max_states is ",
                             options.max_states);
        states_ = static_cast<std::size_t>(best);
    }

    /// Which layers are summed out in closed form.
    [[nodiscard]] std::array<bool, depth> const& summed() const noexcept { return summed_; }

    /// Calls `visit(states, cases, log_weights)` for blocks of all pairs of a case and a configuration: row i of
    /// `states` belongs to case cases[i] and log_weights[i] is the log of the sum of exp(-E) over the summed layers,
    /// whose blocks hold their natural parameters.
    template <class Visit>
    void for_each_block(StateBlocks<T, depth> const& given, std::size_t cases, Visit&& visit) const {
        std::size_t const pairs = cases * states_;
        States<T, depth> buffer{std::min(pairs, block_rows), field_->sizes()};
        States<T, depth> inputs = buffer;
        std::vector<std::size_t> case_of(buffer.rows());
        std::vector<double> weights(buffer.rows());
        for (std::size_t first = 0; first < pairs; first += block_rows) {
            std::size_t const rows = std::min(block_rows, pairs - first);
            auto const states = row_range(buffer.blocks(), 0, rows);
            for (std::size_t i = 0; i < rows; ++i) {
                case_of[i] = (first + i) / states_;
                write_row(given, case_of[i], (first + i) % states_, states, i);
            }
            std::span<double> const log_weights{weights.data(), rows};
            weigh(states, row_range(inputs.blocks(), 0, rows), log_weights);
            visit(states, std::span<std::size_t const>{case_of.data(), rows}, log_weights);
        }
    }

    /// log of the sum of exp(-E) over all layers that are not observed, for each case.
    [[nodiscard]] std::vector<double> log_sums(StateBlocks<T, depth> const& given, std::size_t cases) const {
        std::vector<double> top(cases, -std::numeric_limits<double>::infinity());
        std::vector<double> sum(cases, 0.0);
        for_each_block(given, cases,
                       [&](auto const&, std::span<std::size_t const> case_of, std::span<double const> weights) {
                           for (std::size_t i = 0; i < weights.size(); ++i) {
                               std::size_t const c = case_of[i];
                               if (weights[i] > top[c]) {
                                   sum[c] *= std::exp(top[c] - weights[i]);
                                   top[c] = weights[i];
                               }
                               sum[c] += std::exp(weights[i] - top[c]);
                           }
                       });
        for (std::size_t c = 0; c < cases; ++c) top[c] += std::log(sum[c]);
        return top;
    }

  private:
    template <std::size_t L>
    static constexpr bool enumerable = EnumerableUnit<
        typename std::remove_cvref_t<decltype(std::declval<F const&>().template layer<L>())>::unit_type, T>;

    static std::array<double, depth> state_counts(F const& field) {
        std::array<double, depth> counts{};
        for_each_index<depth>([&](auto l) {
            if constexpr (enumerable<l>)
                counts[l] = field.template layer<l>().unit().state_count(field.template layer<l>().size());
            else
                counts[l] = std::numeric_limits<double>::infinity();
        });
        return counts;
    }

    void write_row(StateBlocks<T, depth> const& given, std::size_t case_index, std::size_t index,
                   StateBlocks<T, depth> const& states, std::size_t row) const {
        for_each_index<depth>([&](auto l) {
            if (observed_[l]) {
                copy(given[l].row_range(case_index, 1), states[l].row_range(row, 1));
            } else if (!summed_[l]) {
                if constexpr (enumerable<l>) {
                    auto const& layer = field_->template layer<l>();
                    auto const count = static_cast<std::size_t>(layer.unit().state_count(layer.size()));
                    layer.unit().write_state(index % count, states[l].row(row));
                    index /= count;
                }
            }
        });
    }

    // The natural parameters of summed layers go into `inputs` first, as they read the states of their neighbours.
    void weigh(StateBlocks<T, depth> const& states, StateBlocks<T, depth> const& inputs,
               std::span<double> out) const {
        std::vector<double> own(out.size(), 0.0);
        std::fill(out.begin(), out.end(), 0.0);
        for_each_index<depth>([&](auto l) {
            auto const& unit = field_->template layer<l>().unit();
            if (summed_[l]) {
                field_->template input<l>(states, inputs[l]);
                unit.add_log_partition(Block<T const>{inputs[l]}, out);
                return;
            }
            bool const hears_below = l > 0 && !summed_[l > 0 ? l - 1 : 0];
            field_->template input<l>(states, inputs[l], {.below = hears_below ? 1.0 : 0.0, .above = 0});
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] += dot(states[l].row(i).data(), inputs[l].row(i).data(), states[l].columns);
            unit.add_own_term(Block<T const>{states[l]}, std::span{own});
        });
        for (std::size_t i = 0; i < out.size(); ++i) out[i] -= own[i];
        for (std::size_t l = 0; l < depth; ++l)
            if (summed_[l]) copy(inputs[l], states[l]);
    }

    F const* field_;
    Observed<depth> observed_;
    std::array<bool, depth> summed_{};
    std::size_t states_ = 0;
};

} // namespace detail

/// log Z = log of the sum (or integral) of exp(-E) over all states, in nats, up to rounding.
///
/// Enumerates one set of layers and sums the others in closed form, 256 states at a time: exponential in the size of
/// the smaller side. Gaussian layers are integrated, so none of them may be neighbours. Allocates.
/// @throws ValueError if there are more than `options.max_states` states, or Gaussian layers are neighbours.
template <Field F>
[[nodiscard]] double exact_log_partition(F const& field, ExactOptions const& options = {}) {
    Executor const single_threaded{Compute{}};
    return detail::Enumeration<F>{field, {}, options, "exact_log_partition"}.log_sums({}, 1)[0];
}

/// log of the sum of exp(-E) over the layers that are not observed, for each row of the observed ones, in nats: the
/// log-probability of those rows short of log Z.
///
/// Only the blocks of observed layers are read.
/// @throws ShapeError if a block does not fit its layer; ValueError as `exact_log_partition`, or if a state is
/// impossible.
template <Field F>
[[nodiscard]] std::vector<double>
exact_log_sum(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
              Observed<F::depth> const& observed, ExactOptions const& options = {}) {
    std::size_t const cases = detail::checked_cases(field, states, observed, "exact_log_sum");
    Executor const single_threaded{Compute{}};
    return detail::Enumeration<F>{field, observed, options, "exact_log_sum"}.log_sums(states, cases);
}

/// log p(v) of each row of `data`, the states of layer 0, in nats: all hidden layers are summed out.
///
/// Densities where layer 0 is real-valued. Costs one enumeration a row and one for log Z.
/// @throws ShapeError if `data` does not have one column a unit of layer 0; ValueError as `exact_log_partition`, or
/// if a state is impossible.
template <Field F>
[[nodiscard]] std::vector<double> exact_log_likelihood(F const& field,
                                                       std::type_identity_t<Block<typename F::value_type const>> data,
                                                       ExactOptions const& options = {}) {
    using T = typename F::value_type;
    Matrix<T> visible = xt::zeros<T>({data.rows, data.columns});
    copy(data, Block{visible});
    StateBlocks<T, F::depth> states{};
    states[0] = Block{visible};
    Observed<F::depth> observed{};
    observed[0] = true;
    std::size_t const cases = detail::checked_cases(field, states, observed, "exact_log_likelihood");
    Executor const single_threaded{Compute{}};
    double const log_partition =
        detail::Enumeration<F>{field, {}, options, "exact_log_likelihood"}.log_sums({}, 1)[0];
    std::vector<double> result =
        detail::Enumeration<F>{field, observed, options, "exact_log_likelihood"}.log_sums(states, cases);
    for (double& value : result) value -= log_partition;
    return result;
}

} // namespace boltz
