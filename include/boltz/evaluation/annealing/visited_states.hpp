// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the states that some chains have visited prove of log Z.

#include <boltz/any_field.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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
    [[nodiscard]] static bool lists(AnyField<T> const& field) {
        for (std::size_t colour = 0; colour < field.graph().colours(); ++colour)
            if (!listed(field, colour).empty()) return true;
        return false;
    }

    /// Adds the rows of `states`, in which all layers are read. Rows with numbers that are no states are left out.
    /// Two products a connection; allocates.
    template <std::floating_point T>
    void add(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states) {
        precision_ = std::max(precision_, static_cast<double>(std::numeric_limits<T>::epsilon()));
        std::size_t const colours = field.graph().colours();
        if (lists_.size() < colours) lists_.resize(colours);
        for (std::size_t colour = 0; colour < colours; ++colour) {
            LayerSet const layers = listed(field, colour);
            if (layers.empty()) continue;
            List& list = lists_[colour];
            auto const weights = log_marginal(field, states, field.graph().of_colour(colour));
            for (std::size_t i = 0; i < weights.size(); ++i) {
                std::uint64_t code = 0;
                bool counts = std::isfinite(weights[i]);
                for (std::size_t l = 0; l < field.layers(); ++l) {
                    if (!layers[l]) continue;
                    std::span<T const> const row = states[l].row(i);
                    counts = counts && detail::whole_numbers(row);
                    code = detail::row_code(row, code + l + 1);
                }
                if (counts && list.codes.insert(code).second) list.sum.add(weights[i]);
            }
        }
    }

    /// The bound in nats; -infinity if there is none.
    [[nodiscard]] double log_sum() const {
        List const* const list = largest();
        double const result = list != nullptr ? list->sum.log() : -std::numeric_limits<double>::infinity();
        return std::isfinite(result) ? result - 8 * precision_ * std::max(1.0, std::abs(result)) : result;
    }

    /// How many states the largest sum has.
    [[nodiscard]] std::size_t count() const {
        List const* const list = largest();
        return list != nullptr ? list->codes.size() : 0;
    }

  private:
    struct List {
        std::unordered_set<std::uint64_t> codes{};
        detail::RunningLogSum sum{};
    };

    // The layers of all other colours; none if the states of one of them cannot be listed.
    template <std::floating_point T>
    static LayerSet listed(AnyField<T> const& field, std::size_t summed_colour) {
        LayerSet const result = LayerSet::first(field.layers()) & ~field.graph().of_colour(summed_colour);
        for (std::size_t l = 0; l < field.layers(); ++l)
            if (result[l] && !field.unit(l).countable()) return {};
        return result;
    }

    [[nodiscard]] List const* largest() const {
        List const* result = nullptr;
        for (List const& list : lists_)
            if (!list.codes.empty() && (result == nullptr || list.sum.log() > result->sum.log())) result = &list;
        return result;
    }

    std::vector<List> lists_{}; // by the colour that is summed
    double precision_ = 0;      // of the least precise model, relative
};

/// Adds what Gibbs chains visit in `sweeps` sweeps that begin at `chains`, each sweep as gibbs_sweeps makes it.
template <std::floating_point T>
void visit(AnyField<T> const& field, States<T>& chains, std::size_t sweeps, Draws const& draws, Executor& executor,
           VisitedStates& visited) {
    for (std::size_t k = 0; k < sweeps; ++k) {
        gibbs_sweeps(field, chains, 1, draws.stream(k), executor);
        visited.add(field, chains);
    }
}

} // namespace boltz
