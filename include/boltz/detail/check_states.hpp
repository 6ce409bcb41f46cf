// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The check of states at every public door.

#include <boltz/error.hpp>
#include <boltz/field.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace boltz::detail {

/// Refuses states that do not fit the layers `needed`, or have different numbers of rows there.
template <std::floating_point T>
void check_states(Field<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet needed,
                  std::string_view function) {
    auto const& sizes = field.sizes();
    for (std::size_t l = 0; l < sizes.size(); ++l) field.unit(l).check_size(sizes[l]);
    if (needed.empty()) return;
    if (states.layers() != sizes.size())
        fail<ShapeError>(function, ": states has ", states.layers(), " layers, but the model has ", sizes.size());
    for (std::size_t l = 0; l < sizes.size(); ++l) {
        if (!needed[l]) continue;
        if (states[l].columns != sizes[l])
            fail<ShapeError>(function, ": states[", l, "] has ", states[l].columns, " columns, but layer ", l,
                             " has ", sizes[l], " units");
        if (states.rows_of(l) != states.rows())
            fail<ShapeError>(function, ": states[", l, "] has ", states.rows_of(l), " rows, but others have ",
                             states.rows());
    }
}

} // namespace boltz::detail
