// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/inference/mean_field.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/inference/inference_session.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <mutex>

namespace boltz {

template <std::floating_point T>
MeanField::Session<T> MeanField::bind(AnyField<T> const&) const {
    if (!(tolerance >= 0))
        detail::fail<ValueError>("MeanField: tolerance is ", tolerance, ", but must not be negative");
    if (!(damping >= 0 && damping < 1))
        detail::fail<ValueError>("MeanField: damping is ", damping, ", but must lie in [0, 1)");
    return Session<T>{*this};
}

template <std::floating_point T>
InferenceReport MeanField::Session<T>::infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                                             Executor& executor) {
    detail::check_states(field, states, LayerSet::first(field.layers()), "MeanField");
    sizes_.resize(field.layers());
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (!observed[l]) sizes_[l] = field.sizes()[l];
    fixed_.require(states.rows(), sizes_);
    next_.require(states.rows(), sizes_);
    InferenceReport report{.sweeps = 0, .residual = 0, .converged = true};
    std::mutex mutex;
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        InferenceReport const block =
            infer_block(field, states.row_range(first, count), fixed_.blocks().row_range(first, count),
                        next_.blocks().row_range(first, count), observed);
        std::lock_guard const lock{mutex};
        report.sweeps = std::max(report.sweeps, block.sweeps);
        report.residual = larger(report.residual, block.residual);
        report.converged = report.converged && block.converged;
    });
    return report;
}

template <std::floating_point T>
InferenceReport MeanField::Session<T>::infer_block(AnyField<T> const& field, StatesView<T> states,
                                                   StatesView<T> fixed, StatesView<T> next, LayerSet observed) const {
    Factors const from_unobserved{.bias = 0, .keep = 1, .among = ~observed};
    LayerSet changing; // unobserved layers with neighbours of their kind
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (observed[l]) continue;
        changing.set(l, !(field.graph().neighbour_set(l) & ~observed).empty());
        field.input(l, states, fixed[l], {.among = observed});
        copy<T>(fixed[l], states[l]);
        field.input(l, states, states[l], start_of(field.graph(), l, observed));
        field.unit(l).mean(states[l]);
    }
    // One unobserved layer beside observed ones only is exact at once.
    InferenceReport report{.sweeps = 0, .residual = 0, .converged = changing.empty()};
    for (std::size_t sweep = 0; sweep < policy_.max_sweeps && !report.converged; ++sweep) {
        T residual = 0;
        for (std::size_t l = 0; l < field.layers(); ++l) {
            if (!changing[l]) continue;
            copy<T>(fixed[l], next[l]);
            field.input(l, states, next[l], from_unobserved);
            field.unit(l).mean(next[l]);
            residual = larger(residual, replace(next[l], states[l]));
        }
        ++report.sweeps;
        report.residual = static_cast<double>(residual);
        report.converged = report.residual < policy_.tolerance;
    }
    return report;
}

template <std::floating_point T>
Factors MeanField::Session<T>::start_of(LayerGraph const& graph, std::size_t layer, LayerSet observed) {
    LayerSet const neighbours = graph.neighbour_set(layer);
    LayerSet const begun = LayerSet::first(layer) & ~observed;
    LayerSet const known = neighbours & (observed | begun);
    double const times = !known.empty() && known != neighbours ? 2 : 1;
    if ((neighbours & begun).empty()) return {.below = 0, .above = 0, .bias = 1 - times, .keep = times};
    // The block holds the bias, and beside it what observed neighbours contribute.
    bool const only_begun = (neighbours & observed).empty();
    return {.below = times,
            .above = times,
            .bias = only_begun ? 0 : 1 - times,
            .keep = only_begun ? 1 : times,
            .among = begun};
}

template <std::floating_point T>
T MeanField::Session<T>::replace(Block<T> fresh, Block<T> means) const {
    T change = 0;
    auto const kept = static_cast<T>(policy_.damping);
    for (std::size_t i = 0; i < fresh.rows; ++i) {
        if (kept > 0) {
            detail::scale(fresh.row(i).data(), fresh.columns, T{1} - kept);
            detail::axpy(fresh.row(i).data(), means.row(i).data(), fresh.columns, kept);
        }
        change = larger(change, detail::max_abs_difference(fresh.row(i).data(), means.row(i).data(), fresh.columns));
    }
    copy<T>(fresh, means);
    return change;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template MeanField::Session<T> MeanField::bind<T>(AnyField<T> const&) const;                                     \
    template class MeanField::Session<T>;
#include <boltz/detail/instantiate.hpp>
