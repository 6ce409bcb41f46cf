// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// All configurations of a small model, in blocks.

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/independent_layers.hpp>
#include <boltz/evaluation/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/bounded_energy.hpp>

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

/// How far an enumeration may go, and on how many threads.
struct ExactOptions {
    double max_states = 33554432; ///< configurations enumerated a case, 2^25: half a minute for 784 units beside them
    Compute compute{};            ///< workers; products are those of the model's own type
};

namespace detail {

/// All configurations of the layers that cannot be summed out by A(x).
///
/// Layers of a set without neighbours are independent given the rest, so each is summed (integrated) in closed form:
/// log sum = sum_{l not summed} [b_l' s_l - e_l(s_l)] + sum_{pairs not summed} s_l' W_l s_{l+1} + sum_{l summed}
/// A_l(x_l). Of all such sets the one that leaves the fewest states to enumerate is taken; layers that cannot be
/// enumerated belong to it.
///
/// Consecutive configurations differ as the first ones do wherever a number of units or layers has been counted off
/// (binary digits, say), so the inputs of a block are those of its first row plus differences that are computed once:
/// an addition in place of a product. Whether a block is of that kind is looked at, not assumed.
template <concepts::Field F>
class Enumeration {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Enumeration(F const& field, Observed<depth> const& observed, ExactOptions const& options, char const* function)
        : field_{&field}, observed_{observed}, function_{function} {
        if constexpr (concepts::Model<F>) check_bounded_energy(field, function);
        std::array<double, depth> const counts = state_counts(field);
        double states = 0;
        summed_ = independent_layers<depth>(
            observed,
            [&](auto const& set) {
                double product = 1;
                for (std::size_t l = 0; l < depth; ++l)
                    if (!set[l] && !observed[l]) product *= counts[l];
                return product;
            },
            states);
        if (states == std::numeric_limits<double>::infinity())
            fail<ValueError>(function, ": layers of the model that cannot be enumerated are neighbours, but only "
                                       "layers without a common weight can be integrated in closed form");
        if (!(states <= options.max_states))
            fail<ValueError>(function, ": the model has ", states, " states to enumerate, but options.max_states is ",
                             options.max_states);
        states_ = static_cast<std::size_t>(states);
        block_rows_ = most_rows;
        while (states_ % block_rows_ != 0) --block_rows_;
        if (block_rows_ >= least_rows)
            find_differences();
        else
            block_rows_ = most_rows;
    }

    /// Which layers are summed out in closed form.
    [[nodiscard]] std::array<bool, depth> const& summed() const noexcept { return summed_; }
    /// The number of configurations of the layers that are not.
    [[nodiscard]] std::size_t states() const noexcept { return states_; }

    /// Writes configuration `index` of a case to a row of `states`: observed and enumerated layers.
    void write(StateBlocks<T, depth> const& given, std::size_t case_index, std::size_t index,
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

    /// Calls `visit(states, cases, log_weights)` for blocks of all pairs of a case and a configuration: row i of
    /// `states` belongs to case cases[i] and log_weights[i] is the log of the sum of exp(-E) over the summed layers,
    /// whose blocks hold their natural parameters.
    template <class Visit>
    void for_each_block(StateBlocks<T, depth> const& given, std::size_t cases, Visit&& visit) const {
        for_range(given, 0, cases * states_, visit);
    }

    /// The same for `count` pairs from pair `first` on, the first of a portion or of any block before it.
    template <class Visit>
    void for_range(StateBlocks<T, depth> const& given, std::size_t first, std::size_t count, Visit&& visit) const {
        States<T, depth> buffer{std::min(count, block_rows_), field_->sizes()};
        States<T, depth> inputs = buffer;
        std::vector<std::size_t> case_of(buffer.rows());
        std::vector<double> weights(buffer.rows());
        std::vector<double> own(buffer.rows());
        for (std::size_t const end = first + count; first < end; first += block_rows_) {
            std::size_t const rows = std::min(block_rows_, end - first);
            auto const states = row_range(buffer.blocks(), 0, rows);
            for (std::size_t i = 0; i < rows; ++i) {
                case_of[i] = (first + i) / states_;
                write(given, case_of[i], (first + i) % states_, states, i);
            }
            std::span const log_weights{weights.data(), rows};
            weigh(states, row_range(inputs.blocks(), 0, rows), log_weights, std::span{own.data(), rows});
            for (double const w : log_weights)
                if (!(w < std::numeric_limits<double>::infinity()))
                    fail<ValueError>(function_, ": the parameters of the model are so large that energies are not "
                                                "finite numbers");
            visit(states, std::span<std::size_t const>{case_of.data(), rows}, log_weights);
        }
    }

    /// How many pairs one worker takes at a time, a whole number of blocks.
    [[nodiscard]] std::size_t portion() const noexcept { return block_rows_ * (portion_rows / block_rows_); }

    /// The sums of exp(-E) by portion, in each for the cases from that of its first pair on. The portions do not
    /// depend on the number of workers that share them.
    [[nodiscard]] std::vector<std::vector<RunningLogSum>> portion_sums(StateBlocks<T, depth> const& given,
                                                                       std::size_t cases, Executor& executor) const {
        std::size_t const pairs = product_of("exact_log_partition", {{cases, "cases"}, {states_, "states"}});
        std::vector<std::vector<RunningLogSum>> sums((pairs + portion() - 1) / portion());
        executor.for_each_block(sums.size(), 1, [&](std::size_t p, std::size_t) {
            std::size_t const first = p * portion();
            std::size_t const count = std::min(portion(), pairs - first);
            sums[p].resize((first + count - 1) / states_ - first / states_ + 1);
            for_range(given, first, count, [&](auto const&, auto case_of, std::span<double const> weights) {
                for (std::size_t i = 0; i < weights.size(); ++i)
                    sums[p][case_of[i] - first / states_].add(weights[i]);
            });
        });
        return sums;
    }

    /// log of the sum of exp(-E) over all layers that are not observed, for each case.
    [[nodiscard]] std::vector<double> log_sums(StateBlocks<T, depth> const& given, std::size_t cases,
                                               Executor& executor) const {
        std::vector<RunningLogSum> sums(cases);
        auto const parts = portion_sums(given, cases, executor);
        for (std::size_t p = 0; p < parts.size(); ++p)
            for (std::size_t c = 0; c < parts[p].size(); ++c) sums[p * portion() / states_ + c].add(parts[p][c]);
        std::vector<double> result(cases);
        for (std::size_t c = 0; c < cases; ++c) result[c] = sums[c].log();
        return result;
    }

  private:
    static constexpr std::size_t most_rows = 128;
    static constexpr std::size_t least_rows = 16;
    static constexpr std::size_t portion_rows = 16384;

    template <std::size_t L>
    static constexpr bool enumerable = concepts::EnumerableUnit<
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

    // How the first configurations differ from the very first, and what the summed layers hear of it; observed layers
    // do not change within a block.
    void find_differences() {
        differences_.require(block_rows_, field_->sizes());
        auto const blocks = differences_.blocks();
        for (std::size_t i = 0; i < block_rows_; ++i) write({}, 0, i, blocks, i);
        for (std::size_t l = 0; l < depth; ++l)
            for (std::size_t i = block_rows_; i-- > 0;)
                for (std::size_t j = 0; j < blocks[l].columns; ++j) blocks[l](i, j) -= blocks[l](0, j);
        for_each_index<depth>([&](auto l) {
            if (summed_[l]) field_->template input<l>(blocks, blocks[l], {.bias = 0});
        });
    }

    // Whether the rows of a block differ from its first row by the differences that have been computed.
    bool differ_as_the_first(StateBlocks<T, depth> const& states) const {
        for (std::size_t l = 0; l < depth; ++l) {
            if (observed_[l] || summed_[l]) continue;
            T const* const start = states[l].row(0).data();
            for (std::size_t i = 1; i < states[l].rows; ++i) {
                T const* const row = states[l].row(i).data();
                T const* const difference = differences_[l].row(i).data();
                for (std::size_t j = 0; j < states[l].columns; ++j)
                    if (row[j] - start[j] != difference[j]) return false;
            }
        }
        return true;
    }

    // The natural parameters of summed layers go into `inputs` first, as they read the states of their neighbours.
    void weigh(StateBlocks<T, depth> const& states, StateBlocks<T, depth> const& inputs, std::span<double> out,
               std::span<double> own) const {
        std::fill(out.begin(), out.end(), 0.0);
        std::fill(own.begin(), own.end(), 0.0);
        bool const by_differences = differences_.rows() == out.size() && differ_as_the_first(states);
        for_each_index<depth>([&](auto l) {
            auto const& unit = field_->template layer<l>().unit();
            if (summed_[l]) {
                if (!by_differences) {
                    field_->template input<l>(states, inputs[l]);
                    unit.add_log_partition(Block<T const>{inputs[l]}, out);
                    return;
                }
                field_->template input<l>(row_range(states, 0, 1), inputs[l].row_range(0, 1));
                for (std::size_t i = 0; i < out.size(); ++i) { // row by row, while it is in the nearest cache
                    if (i > 0)
                        weighted_sum<T>(inputs[l].row(0).data(), T{1}, differences_[l].row(i).data(), T{1},
                                        inputs[l].row(i).data(), inputs[l].columns);
                    unit.add_log_partition(Block<T const>{inputs[l].row_range(i, 1)}, out.subspan(i, 1));
                }
                return;
            }
            bool const hears_below = l > 0 && !summed_[l > 0 ? l - 1 : 0];
            field_->template input<l>(states, inputs[l], {.below = hears_below ? 1.0 : 0.0, .above = 0});
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] += dot(states[l].row(i).data(), inputs[l].row(i).data(), states[l].columns);
            unit.add_own_term(Block<T const>{states[l]}, own);
        });
        for (std::size_t i = 0; i < out.size(); ++i) out[i] -= own[i];
        for (std::size_t l = 0; l < depth; ++l)
            if (summed_[l]) copy(inputs[l], states[l]);
    }

    F const* field_;
    Observed<depth> observed_;
    char const* function_; // in whose name errors are
    std::array<bool, depth> summed_{};
    std::size_t states_ = 0;
    std::size_t block_rows_ = most_rows;
    States<T, depth> differences_; // no rows where products are taken
};

} // namespace detail
} // namespace boltz
