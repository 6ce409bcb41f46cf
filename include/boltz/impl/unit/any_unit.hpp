// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/any_unit.hpp>

#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
bool is_label(AnyUnit<T> const& unit, std::size_t size) {
    std::vector<VariableGroup> groups;
    return unit.add_variables(0, size, groups) && groups.size() == 1 && groups[0].trials == 1;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template bool is_label<T>(AnyUnit<T> const& unit, std::size_t size);                                             \
    }
#include <boltz/detail/instantiate.hpp>
