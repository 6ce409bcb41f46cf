// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/pretraining/drawn_states.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
void DrawnStates<T>::load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    means_.load(indices, out, draws);
}

template <std::floating_point T>
void DrawnStates<T>::load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    means_.load(indices, out, draws);
    if (input_ == PretrainingInput::sampled) unit_->draw(out, out, draws);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class DrawnStates<T>;                                                                                   \
    }
#include <boltz/detail/instantiate.hpp>
