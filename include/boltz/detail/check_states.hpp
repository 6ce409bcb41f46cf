// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The check of states at every public door.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>

#include <array>
#include <cstddef>

namespace boltz::detail {

/// Refuses blocks that do not fit the layers `needed`, or have different numbers of rows.
template <concepts::Field F>
void check_states(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                  std::array<bool, F::depth> const& needed, char const* function) {
    auto const sizes = field.sizes();
    for_each_index<F::depth>([&](auto l) { check_size(field.template layer<l>().unit(), sizes[l]); });
    bool seen = false;
    std::size_t rows = 0;
    for (std::size_t l = 0; l < F::depth; ++l) {
        if (!needed[l]) continue;
        if (states[l].columns != sizes[l])
            fail<ShapeError>(function, ": states[", l, "] has ", states[l].columns, " columns, but layer ", l,
                             " has ", sizes[l], " units");
        if (seen && states[l].rows != rows)
            fail<ShapeError>(function, ": states[", l, "] has ", states[l].rows, " rows, but the layers before have ",
                             rows);
        rows = states[l].rows;
        seen = true;
    }
}

template <std::size_t Depth>
constexpr std::array<bool, Depth> all_layers() {
    std::array<bool, Depth> result{};
    result.fill(true);
    return result;
}

} // namespace boltz::detail
