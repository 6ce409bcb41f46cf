// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// All configurations of a small model, in blocks.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
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

    Enumeration(AnyField<T> const& field, LayerSet observed, ExactOptions const& options, char const* function);

    /// Which layers are summed out in closed form.
    [[nodiscard]] LayerSet summed() const noexcept { return summed_; }
    /// The number of configurations of the layers that are not.
    [[nodiscard]] std::size_t states() const noexcept { return states_; }

    /// Writes configuration `index` of a case to a row of `states`: observed and enumerated layers.
    void write(StatesView<T const> given, std::size_t case_index, std::size_t index, StatesView<T> states,
               std::size_t row) const;

    /// Calls `visit(states, cases, log_weights)` for blocks of all pairs of a case and a configuration: row i of
    /// `states` belongs to case cases[i] and log_weights[i] is the log of the sum of exp(-E) over the summed layers,
    /// whose blocks hold their natural parameters.
    void for_each_block(StatesView<T const> given, std::size_t cases, Visit visit) const;

    /// The same for `count` pairs from pair `first` on, the first of a portion or of any block before it.
    void for_range(StatesView<T const> given, std::size_t first, std::size_t count, Visit visit) const;

    /// How many pairs one worker takes at a time, a whole number of blocks.
    [[nodiscard]] std::size_t portion() const noexcept { return block_rows_ * (portion_rows / block_rows_); }

    /// The sums of exp(-E) by portion, in each for the cases from that of its first pair on. The portions do not
    /// depend on the number of workers that share them.
    [[nodiscard]] std::vector<std::vector<RunningLogSum>> portion_sums(StatesView<T const> given, std::size_t cases,
                                                                       Executor& executor) const;

    /// log of the sum of exp(-E) over all layers that are not observed, for each case.
    [[nodiscard]] std::vector<double> log_sums(StatesView<T const> given, std::size_t cases,
                                               Executor& executor) const;

  private:
    static constexpr std::size_t most_rows = 128;
    static constexpr std::size_t least_rows = 16;
    static constexpr std::size_t portion_rows = 16384;

    [[nodiscard]] std::size_t layers() const noexcept { return field_->layers(); }

    void write_enumerated(std::size_t index, StatesView<T> states, std::size_t row) const;

    // How the first configurations differ from the very first, and by how much that moves the natural parameters of
    // the summed layers; observed layers do not change within a block.
    void find_differences();

    // Whether the rows of a block differ from its first row by the differences that have been computed.
    bool differ_as_the_first(StatesView<T const> states) const;

    // The natural parameters of summed layers go into `inputs` first, as they read the states of their neighbours.
    void weigh(StatesView<T> states, StatesView<T> inputs, std::span<double> out, std::span<double> own) const;

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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/exact/enumeration.hpp>
#endif
