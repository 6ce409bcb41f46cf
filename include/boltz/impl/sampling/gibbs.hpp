// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/gibbs.hpp>

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

template <std::floating_point T>
void gibbs_update(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, std::size_t colour,
                  Draws const& draws, LayerSet clamped) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour || clamped[l]) continue;
        field.input(l, states, states[l]);
        field.unit(l).sample(states[l], draws.stream(l));
    }
}

template <std::floating_point T>
void gibbs_update_with_means(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,
                             std::type_identity_t<StatesView<T>> means, std::size_t colour, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour) continue;
        field.input(l, states, means[l]);
        field.unit(l).mean_and_sample(means[l], states[l], draws.stream(l));
    }
}

template <std::floating_point T>
void mean_update(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> given,
                 std::type_identity_t<StatesView<T>> means, std::size_t colour, LayerSet clamped) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour || clamped[l]) continue;
        field.input(l, given, means[l]);
        field.unit(l).mean(means[l]);
    }
}

template <std::floating_point T>
void draw_posterior(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> posterior,
                    std::type_identity_t<StatesView<T>> states, std::size_t colour, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour) continue;
        auto const& unit = field.unit(l);
        if (unit.draws_from_mean()) {
            unit.draw(posterior[l], states[l], draws.stream(l));
        } else {
            field.input(l, posterior, states[l]);
            unit.sample(states[l], draws.stream(l));
        }
    }
}

template <std::floating_point T>
void draw_from_biases(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        field.input(l, states, states[l], {.below = 0, .above = 0});
        field.unit(l).sample(states[l], draws.stream(l));
    }
}

template <std::floating_point T>
void gibbs_sweeps(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, std::size_t sweeps,
                  Draws const& draws, Executor& executor, LayerSet clamped) {
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        auto const block = states.row_range(first, count);
        for (std::size_t k = 0; k < sweeps; ++k) {
            Draws const sweep = draws.stream(k).from_row(first);
            for (std::size_t colour = field.graph().colours(); colour-- > 0;)
                gibbs_update(field, block, colour, sweep, clamped);
        }
    });
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void gibbs_update<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,              \
                                  std::size_t colour, Draws const& draws, LayerSet clamped);                         \
    template void gibbs_update_with_means<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,   \
                                             std::type_identity_t<StatesView<T>> means, std::size_t colour,          \
                                             Draws const& draws);                                                    \
    template void mean_update<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> given,          \
                                 std::type_identity_t<StatesView<T>> means, std::size_t colour, LayerSet clamped);   \
    template void draw_posterior<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> posterior,   \
                                    std::type_identity_t<StatesView<T>> states, std::size_t colour,                  \
                                    Draws const& draws);                                                             \
    template void draw_from_biases<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,          \
                                      Draws const& draws);                                                           \
    template void gibbs_sweeps<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,              \
                                  std::size_t sweeps, Draws const& draws, Executor& executor, LayerSet clamped);
#include <boltz/detail/instantiate.hpp>
