// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/contrastive_divergence.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
ContrastiveDivergence::Session<T> ContrastiveDivergence::bind(AnyField<T> const& field) const {
    if (std::size_t const colours = field.graph().colours(); colours != 2)
        detail::fail<ValueError>("ContrastiveDivergence: the layers of the model have ", colours,
                                 " colours, but its chains take turns between 2");
    return Session<T>{*this};
}

template <std::floating_point T>
Phase<T> const& ContrastiveDivergence::Session<T>::sample(AnyField<T> const& field, StatesView<T const> posterior,
                                                          LayerSet observed, Draws const& draws, Clock const& clock,
                                                          Executor& executor) {
    auto const steps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.sweeps(clock))));
    detail::check_states(field, posterior, LayerSet::first(field.layers()), "ContrastiveDivergence");
    states_.require(posterior.rows(), field.sizes());
    phase_.refer(states_.blocks(), Moment::state);
    for (std::size_t l = 0; l < field.layers(); ++l) {
        bool const mean = field.graph().colour(l) == 1
                              ? policy_.statistics != Statistics::samples
                              : policy_.reconstruction == Reconstruction::mean ||
                                    (policy_.statistics == Statistics::means && !observed[l]);
        if (mean) phase_.moments[l] = Moment::mean;
    }
    executor.for_each_block(posterior.rows(), [&](std::size_t first, std::size_t count) {
        run(field, posterior.row_range(first, count), states_.blocks().row_range(first, count), observed, steps,
            draws.from_row(first));
    });
    return phase_;
}

template <std::floating_point T>
void ContrastiveDivergence::Session<T>::run(AnyField<T> const& field, StatesView<T const> posterior,
                                            StatesView<T> states, LayerSet observed, std::size_t steps,
                                            Draws const& draws) const {
    draw_posterior(field, posterior, states, 1, draws.stream(0));
    for (std::size_t k = 1; k <= steps; ++k) {
        Draws const sweep = draws.stream(k);
        if (policy_.reconstruction == Reconstruction::mean)
            mean_update(field, states, states, 0);
        else
            gibbs_update(field, states, 0, sweep);
        if (k < steps || policy_.statistics == Statistics::samples)
            gibbs_update(field, states, 1, sweep);
        else
            mean_update(field, states, states, 1);
    }
    if (policy_.statistics == Statistics::means) mean_update(field, states, states, 0, observed);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template ContrastiveDivergence::Session<T> ContrastiveDivergence::bind<T>(AnyField<T> const& field) const;       \
    template class ContrastiveDivergence::Session<T>;
#include <boltz/detail/instantiate.hpp>
