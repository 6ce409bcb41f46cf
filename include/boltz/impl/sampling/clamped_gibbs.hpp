// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/clamped_gibbs.hpp>

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

template <std::floating_point T>
Block<T const> Clamps<T>::mask(std::size_t layer, std::size_t first, std::size_t count) const noexcept {
    return Block<T const>{masks_[layer]}.row_range(first, count);
}

template <std::floating_point T>
LayerSet Clamps<T>::touched() const noexcept {
    LayerSet result = whole_;
    for (std::size_t l = 0; l < masks_.size(); ++l)
        if (partly(l)) result.set(l);
    return result;
}

template <std::floating_point T>
void clamped_update(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Clamps<T> const& clamps,
                    std::size_t first, std::type_identity_t<StatesView<T>> scratch, std::size_t colour,
                    Draws const& draws) {
    gibbs_update(field, states, colour, draws, clamps.touched());
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour || !clamps.partly(l)) continue;
        field.input(l, states, scratch[l]);
        field.unit(l).sample_given(scratch[l], clamps.mask(l, first, states.rows()), states[l], draws.stream(l));
    }
}

template <std::floating_point T>
void clamped_update_with_means(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states,
                               std::type_identity_t<StatesView<T>> means, Clamps<T> const& clamps, std::size_t first,
                               std::type_identity_t<StatesView<T>> scratch, std::size_t colour, Draws const& draws) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (field.graph().colour(l) != colour) continue;
        if (clamps.whole()[l]) {
            copy<T>(states[l], means[l]);
            continue;
        }
        auto const& unit = field.unit(l);
        field.input(l, states, means[l]);
        if (!clamps.partly(l)) {
            unit.mean_and_sample(means[l], states[l], draws.stream(l));
            continue;
        }
        auto const mask = clamps.mask(l, first, states.rows());
        copy<T>(means[l], scratch[l]);
        unit.mean_given(means[l], mask, states[l]);
        unit.sample_given(scratch[l], mask, states[l], draws.stream(l));
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class Clamps<T>;                                                                                        \
    template void clamped_update<T>(                                                                                 \
        AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, Clamps<T> const& clamps,               \
        std::size_t first, std::type_identity_t<StatesView<T>> scratch, std::size_t colour, Draws const& draws);     \
    template void clamped_update_with_means<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T>> states, \
                                               std::type_identity_t<StatesView<T>> means, Clamps<T> const& clamps,   \
                                               std::size_t first, std::type_identity_t<StatesView<T>> scratch,       \
                                               std::size_t colour, Draws const& draws);
#include <boltz/detail/instantiate.hpp>
