// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the states that some chains have visited prove of log Z.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace boltz {

/// A lower bound on log Z that has no error bar: the states of all layers but those of one colour that were seen,
/// each counted once.
///
/// For any set S of distinct states of these layers
///     log Z >= log sum_{s in S} exp(-F(s)),
/// where F sums (or integrates) the layers of the colour left out in closed form; in a chain these are the even or
/// the odd layers. There is a list for each colour (`LayerGraph::colour`) of which the other layers have states that
/// can be listed (binary, multinomial and joints of these), and the largest sum is the bound. It is tight where
/// chains do not mix: a chain that cannot leave a mode visits most of what it weighs. What the model's number type
/// may round off, 8 times its relative precision, is taken off the sum.
class VisitedStates {
  public:
    /// Whether there is any list for a model.
    template <std::floating_point T>
    [[nodiscard]] static bool lists(AnyField<T> const& field);

    /// Adds the rows of `states`, in which all layers are read. Rows with numbers that are no states are left out.
    /// Two products a connection; allocates.
    template <std::floating_point T>
    void add(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states);

    /// The bound in nats; -infinity if there is none.
    [[nodiscard]] double log_sum() const;

    /// How many states the largest sum has.
    [[nodiscard]] std::size_t count() const;

  private:
    struct List {
        std::unordered_set<std::uint64_t> codes{};
        detail::RunningLogSum sum{};
    };

    // The layers of all other colours; none if the states of one of them cannot be listed.
    template <std::floating_point T>
    static LayerSet listed(AnyField<T> const& field, std::size_t summed_colour);

    [[nodiscard]] List const* largest() const;

    std::vector<List> lists_{}; // by the colour that is summed
    double precision_ = 0;      // of the least precise model, relative
};

/// Adds what Gibbs chains visit in `sweeps` sweeps that begin at `chains`, each sweep as gibbs_sweeps makes it.
template <std::floating_point T>
void visit(AnyField<T> const& field, States<T>& chains, std::size_t sweeps, Draws const& draws, Executor& executor,
           VisitedStates& visited);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/visited_states.hpp>
#endif
