// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/detail/source.hpp>

#include <boltz/data/means_of.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
void MeansView<T>::load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    source_.load_means(indices, out, draws);
}

template <std::floating_point T>
void MeansView<T>::load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    source_.load_means(indices, out, draws);
}

template <std::floating_point T>
void SideBySideView<T>::load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    left_.load(indices, out.column_range(0, left_.columns()), draws.stream(0));
    right_.load(indices, out.column_range(left_.columns(), right_.columns()), draws.stream(1));
}

template <std::floating_point T>
void SideBySideView<T>::load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
    left_.load_means(indices, out.column_range(0, left_.columns()), draws.stream(0));
    right_.load_means(indices, out.column_range(left_.columns(), right_.columns()), draws.stream(1));
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class MeansView<T>;                                                                                     \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class SideBySideView<T>;                                                                                \
    }
#include <boltz/detail/instantiate.hpp>
