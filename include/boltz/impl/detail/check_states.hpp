// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/check_states.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::size_t check_states(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet needed,
                         std::string_view function) {
    auto const& sizes = field.sizes();
    for (std::size_t l = 0; l < field.layers(); ++l) field.unit(l).check_size(sizes[l]);
    bool seen = false;
    std::size_t rows = 0;
    for (std::size_t l = 0; l < field.layers(); ++l) {
        if (!needed[l]) continue;
        if (states.layers() != field.layers())
            fail<ShapeError>(function, ": states has blocks for ", states.layers(), " layers, but the model has ",
                             field.layers());
        if (states[l].columns != sizes[l])
            fail<ShapeError>(function, ": states[", l, "] has ", states[l].columns, " columns, but layer ", l,
                             " has ", sizes[l], " units");
        if (seen && states.rows_of(l) != rows)
            fail<ShapeError>(function, ": states[", l, "] has ", states.rows_of(l),
                             " rows, but the layers before have ", rows);
        rows = states.rows_of(l);
        seen = true;
    }
    return rows;
}

template <std::floating_point T>
void check_two_layers(AnyField<T> const& field, std::string_view function) {
    if (field.layers() != 2)
        fail<ValueError>(function, ": the model has ", field.layers(), " layers, but must have 2");
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::size_t check_states<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, \
                                         LayerSet needed, std::string_view function);                                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_two_layers<T>(AnyField<T> const& field, std::string_view function);                          \
    }
#include <boltz/detail/instantiate.hpp>
