// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/categorical.hpp>

#include <boltz/archive.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boltz {

BOLTZ_INLINE Categorical::Categorical(std::size_t states) : states_{states} {
    if (states < 2) detail::fail<ValueError>("Categorical: states is ", states, ", but must be at least 2");
}

BOLTZ_INLINE void Categorical::prepare(std::size_t size) {
    if (states_ != 0) check_size(size);
    size_ = size;
}

BOLTZ_INLINE void Categorical::check_size(std::size_t size) const {
    if (states_ == 0)
        detail::fail<ShapeError>("Categorical: the number of states of a variable is not known; write "
                                 "StochasticLayer<Categorical>{variables * states, Categorical{states}}");
    if (size % states_ != 0)
        detail::fail<ShapeError>("Categorical: the layer has ", size, " units, which is no multiple of the ", states_,
                                 " states of a variable");
}

BOLTZ_INLINE void Categorical::add_variables(std::size_t first, std::size_t columns,
                                             std::vector<VariableGroup>& groups) const {
    for (std::size_t g = 0; g < columns; g += states_) groups.push_back({first + g, states_, 1});
}

BOLTZ_INLINE void Categorical::archive(Archive& archive) {
    std::uint64_t states = states_;
    archive("states", states);
    if (archive.mode() == Archive::Mode::checking) {
        states = archive.stored("states");
        if (states < 2) detail::fail<FormatError>("Categorical: states is ", states, ", but must be at least 2");
        if (size_ % states != 0)
            detail::fail<FormatError>("Categorical: states is ", states, ", but the layer has ", size_,
                                      " units, which is no multiple of it");
        return;
    }
    states_ = static_cast<std::size_t>(states);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class UnitAdapter<Categorical, T>;
#include <boltz/detail/instantiate.hpp>
