// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// All configurations of a small model, in blocks.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/detail/independent_layers.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
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
/// Layers of a set without weights in common are independent given the rest, so each is summed (integrated) in closed
/// form: log sum = sum_{l not summed} [b_l' s_l - e_l(s_l)] + sum_{connections (k, l) of layers that are not summed}
/// s_k' W s_l + sum_{l summed} A_l(x_l). Of all such sets the one that leaves the fewest states to enumerate is
/// taken; layers that cannot be enumerated belong to it.
///
/// Consecutive configurations differ as the first ones do wherever a number of units or layers has been counted off
/// (binary digits, say), so the inputs of a block are those of its first row plus differences that are computed once:
/// an addition in place of a product. Whether a block is of that kind is looked at, not assumed.
template <std::floating_point T>
class Enumeration {
  public:
    /// What a block of pairs of a case and a configuration is given to: `visit(states, cases, log_weights)`.
    using Visit = FunctionRef<void(StatesView<T>, std::span<std::size_t const>, std::span<double const>)>;

    Enumeration(AnyField<T> const& field, LayerSet observed, ExactOptions const& options, char const* function)
        : field_{&field}, observed_{observed}, function_{function} {
        check_bounded_energy(field, function);
        for (std::size_t l = 0; l < layers(); ++l) counts_.push_back(field.unit(l).state_count(field.sizes()[l]));
        double states = 0;
        summed_ = independent_layers(
            field.graph(), observed,
            [&](LayerSet set) {
                double product = 1;
                for (std::size_t l = 0; l < layers(); ++l)
                    if (!set[l] && !observed[l]) product *= counts_[l];
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
    [[nodiscard]] LayerSet summed() const noexcept { return summed_; }
    /// The number of configurations of the layers that are not.
    [[nodiscard]] std::size_t states() const noexcept { return states_; }

    /// Writes configuration `index` of a case to a row of `states`: observed and enumerated layers.
    void write(StatesView<T const> given, std::size_t case_index, std::size_t index, StatesView<T> states,
               std::size_t row) const {
        for (std::size_t l = 0; l < layers(); ++l)
            if (observed_[l]) copy(given[l].row_range(case_index, 1), states[l].row_range(row, 1));
        write_enumerated(index, states, row);
    }

    /// Calls `visit(states, cases, log_weights)` for blocks of all pairs of a case and a configuration: row i of
    /// `states` belongs to case cases[i] and log_weights[i] is the log of the sum of exp(-E) over the summed layers,
    /// whose blocks hold their natural parameters.
    void for_each_block(StatesView<T const> given, std::size_t cases, Visit visit) const {
        for_range(given, 0, cases * states_, visit);
    }

    /// The same for `count` pairs from pair `first` on, the first of a portion or of any block before it.
    void for_range(StatesView<T const> given, std::size_t first, std::size_t count, Visit visit) const {
        States<T> buffer{std::min(count, block_rows_), field_->sizes()};
        States<T> inputs = buffer;
        std::vector<std::size_t> case_of(buffer.rows());
        std::vector<double> weights(buffer.rows());
        std::vector<double> own(buffer.rows());
        for (std::size_t const end = first + count; first < end; first += block_rows_) {
            std::size_t const rows = std::min(block_rows_, end - first);
            StatesView<T> const states = buffer.blocks().row_range(0, rows);
            for (std::size_t i = 0; i < rows; ++i) {
                case_of[i] = (first + i) / states_;
                write(given, case_of[i], (first + i) % states_, states, i);
            }
            std::span const log_weights{weights.data(), rows};
            weigh(states, inputs.blocks().row_range(0, rows), log_weights, std::span{own.data(), rows});
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
    [[nodiscard]] std::vector<std::vector<RunningLogSum>> portion_sums(StatesView<T const> given, std::size_t cases,
                                                                       Executor& executor) const {
        std::size_t const pairs = product_of("exact_log_partition", {{cases, "cases"}, {states_, "states"}});
        std::vector<std::vector<RunningLogSum>> sums((pairs + portion() - 1) / portion());
        executor.for_each_block(sums.size(), 1, [&](std::size_t p, std::size_t) {
            std::size_t const first = p * portion();
            std::size_t const count = std::min(portion(), pairs - first);
            sums[p].resize((first + count - 1) / states_ - first / states_ + 1);
            for_range(given, first, count, [&](auto, auto case_of, std::span<double const> weights) {
                for (std::size_t i = 0; i < weights.size(); ++i)
                    sums[p][case_of[i] - first / states_].add(weights[i]);
            });
        });
        return sums;
    }

    /// log of the sum of exp(-E) over all layers that are not observed, for each case.
    [[nodiscard]] std::vector<double> log_sums(StatesView<T const> given, std::size_t cases,
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

    [[nodiscard]] std::size_t layers() const noexcept { return field_->layers(); }

    void write_enumerated(std::size_t index, StatesView<T> states, std::size_t row) const {
        for (std::size_t l = 0; l < layers(); ++l) {
            if (observed_[l] || summed_[l]) continue;
            auto const count = static_cast<std::size_t>(counts_[l]);
            field_->unit(l).write_state(index % count, states[l].row(row));
            index /= count;
        }
    }

    // How the first configurations differ from the very first, and by how much that moves the natural parameters of
    // the summed layers; observed layers do not change within a block.
    void find_differences() {
        differences_.require(block_rows_, field_->sizes());
        StatesView<T> const blocks = differences_.blocks();
        for (std::size_t i = 0; i < block_rows_; ++i) write_enumerated(i, blocks, i);
        for (std::size_t l = 0; l < layers(); ++l)
            for (std::size_t i = block_rows_; i-- > 0;)
                for (std::size_t j = 0; j < blocks[l].columns; ++j) blocks[l](i, j) -= blocks[l](0, j);
        for (std::size_t l = 0; l < layers(); ++l)
            if (summed_[l]) field_->input(l, blocks, blocks[l], {.bias = 0});
    }

    // Whether the rows of a block differ from its first row by the differences that have been computed.
    bool differ_as_the_first(StatesView<T const> states) const {
        for (std::size_t l = 0; l < layers(); ++l) {
            if (observed_[l] || summed_[l]) continue;
            Block<T const> const layer = states[l];
            T const* const start = layer.row(0).data();
            for (std::size_t i = 1; i < layer.rows; ++i) {
                T const* const row = layer.row(i).data();
                T const* const difference = differences_[l].row(i).data();
                for (std::size_t j = 0; j < layer.columns; ++j)
                    if (row[j] - start[j] != difference[j]) return false;
            }
        }
        return true;
    }

    // The natural parameters of summed layers go into `inputs` first, as they read the states of their neighbours.
    void weigh(StatesView<T> states, StatesView<T> inputs, std::span<double> out, std::span<double> own) const {
        std::fill(out.begin(), out.end(), 0.0);
        std::fill(own.begin(), own.end(), 0.0);
        bool const by_differences = differences_.rows() == out.size() && differ_as_the_first(states);
        for (std::size_t l = 0; l < layers(); ++l) {
            AnyUnit<T> const& unit = field_->unit(l);
            Block<T> const input = inputs[l];
            if (!summed_[l]) {
                // A connection of two layers that are not summed counts once, at its upper layer.
                field_->input(l, states, input, {.above = 0, .among = ~summed_});
                for (std::size_t i = 0; i < out.size(); ++i)
                    out[i] += dot(states[l].row(i).data(), input.row(i).data(), input.columns);
                unit.add_self_energy(states[l], own);
                continue;
            }
            if (!by_differences) {
                field_->input(l, states, input);
                unit.add_log_partition(input, out);
                continue;
            }
            field_->input(l, states.row_range(0, 1), input.row_range(0, 1));
            for (std::size_t i = 0; i < out.size(); ++i) { // row by row, while it is in the nearest cache
                if (i > 0)
                    weighted_sum<T>(input.row(0).data(), T{1}, differences_[l].row(i).data(), T{1},
                                    input.row(i).data(), input.columns);
                unit.add_log_partition(input.row_range(i, 1), out.subspan(i, 1));
            }
        }
        for (std::size_t i = 0; i < out.size(); ++i) out[i] -= own[i];
        for (std::size_t l = 0; l < layers(); ++l)
            if (summed_[l]) copy(inputs[l], states[l]);
    }

    AnyField<T> const* field_;
    LayerSet observed_;
    char const* function_;       // in whose name errors are
    std::vector<double> counts_; // states of each layer
    LayerSet summed_;
    std::size_t states_ = 0;
    std::size_t block_rows_ = most_rows;
    States<T> differences_; // no rows where products are taken
};

} // namespace detail
} // namespace boltz
