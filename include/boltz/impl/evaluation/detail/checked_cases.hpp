// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/checked_cases.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::size_t checked_cases(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                          LayerSet observed, char const* function) {
    std::size_t cases = 1;
    bool seen = false;
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (!observed[l]) continue;
        if (states.layers() != field.layers())
            fail<ShapeError>(function, ": states has blocks for ", states.layers(), " layers, but the model has ",
                             field.layers());
        if (states[l].columns != field.sizes()[l])
            fail<ShapeError>(function, ": the states of layer ", l, " have ", states[l].columns,
                             " columns, but the layer has ", field.sizes()[l], " units");
        std::size_t const rows = states.rows_of(l);
        if (seen && rows != cases)
            fail<ShapeError>(function, ": the states of layer ", l, " have ", rows,
                             " rows, but those of the layers before have ", cases);
        field.unit(l).validate(states[l].row_range(0, rows), function);
        cases = rows;
        seen = true;
    }
    return cases;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::size_t checked_cases<T>(AnyField<T> const& field,                                                  \
                                          std::type_identity_t<StatesView<T const>> states, LayerSet observed,       \
                                          char const* function);                                                     \
    }
#include <boltz/detail/instantiate.hpp>
