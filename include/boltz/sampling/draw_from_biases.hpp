// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Random states to begin chains at.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>

namespace boltz {

/// Draws every layer from its biases alone, as if there were no weights; layer l draws from stream l of `draws`.
/// Allocates nothing.
template <concepts::Field F>
void draw_from_biases(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                      Draws const& draws) {
    detail::for_each_index<F::depth>([&](auto l) {
        field.template input<l>(states, states[l], {.below = 0, .above = 0});
        field.template layer<l>().unit().sample(states[l], draws.stream(l));
    });
}

} // namespace boltz
