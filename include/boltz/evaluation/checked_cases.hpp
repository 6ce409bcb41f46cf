// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The check of observed states.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>

#include <cstddef>

namespace boltz::detail {

/// Refuses observed blocks that do not fit; returns the number of cases.
template <concepts::Field F>
std::size_t checked_cases(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                          Observed<F::depth> const& observed, char const* function) {
    std::size_t cases = 1;
    bool seen = false;
    for_each_index<F::depth>([&](auto l) {
        if (!observed[l]) return;
        auto const& layer = field.template layer<l>();
        if (states[l].columns != layer.size())
            fail<ShapeError>(function, ": the states of layer ", std::size_t{l}, " have ", states[l].columns,
                             " columns, but the layer has ", layer.size(), " units");
        if (seen && states[l].rows != cases)
            fail<ShapeError>(function, ": the states of layer ", std::size_t{l}, " have ", states[l].rows,
                             " rows, but those of the layers before have ", cases);
        validate(layer.unit(), Block<typename F::value_type const>{states[l]}, function);
        cases = states[l].rows;
        seen = true;
    });
    return cases;
}

} // namespace boltz::detail
