// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/visited_states.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

namespace boltz {

template <std::floating_point T>
bool VisitedStates::lists(AnyField<T> const& field) {
    for (std::size_t colour = 0; colour < field.graph().colours(); ++colour)
        if (!listed(field, colour).empty()) return true;
    return false;
}

template <std::floating_point T>
void VisitedStates::add(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states) {
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

BOLTZ_INLINE double VisitedStates::log_sum() const {
    List const* const list = largest();
    double const result = list != nullptr ? list->sum.log() : -std::numeric_limits<double>::infinity();
    return std::isfinite(result) ? result - 8 * precision_ * std::max(1.0, std::abs(result)) : result;
}

BOLTZ_INLINE std::size_t VisitedStates::count() const {
    List const* const list = largest();
    return list != nullptr ? list->codes.size() : 0;
}

template <std::floating_point T>
LayerSet VisitedStates::listed(AnyField<T> const& field, std::size_t summed_colour) {
    LayerSet const result = LayerSet::first(field.layers()) & ~field.graph().of_colour(summed_colour);
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (result[l] && !field.unit(l).countable()) return {};
    return result;
}

BOLTZ_INLINE VisitedStates::List const* VisitedStates::largest() const {
    List const* result = nullptr;
    for (List const& list : lists_)
        if (!list.codes.empty() && (result == nullptr || list.sum.log() > result->sum.log())) result = &list;
    return result;
}

template <std::floating_point T>
void visit(AnyField<T> const& field, States<T>& chains, std::size_t sweeps, Draws const& draws, Executor& executor,
           VisitedStates& visited) {
    for (std::size_t k = 0; k < sweeps; ++k) {
        gibbs_sweeps(field, chains, 1, draws.stream(k), executor);
        visited.add(field, chains);
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template bool VisitedStates::lists<T>(AnyField<T> const& field);                                                 \
    template void VisitedStates::add<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states); \
    template LayerSet VisitedStates::listed<T>(AnyField<T> const& field, std::size_t summed_colour);                 \
    template void visit<T>(AnyField<T> const& field, States<T>& chains, std::size_t sweeps, Draws const& draws,      \
                           Executor& executor, VisitedStates& visited);
#include <boltz/detail/instantiate.hpp>
