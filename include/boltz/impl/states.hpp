// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/states.hpp>

#include <boltz/archive.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::size_t rows_of_states(std::string_view function, NamedSize a, NamedSize b,
                                        std::span<std::size_t const> sizes) {
    std::size_t const widest = *std::max_element(sizes.begin(), sizes.end());
    static_cast<void>(product_of(function, {a, b, {widest, "units"}}));
    return a.value * b.value;
}

template <std::floating_point T>
Block<T> for_reading(Block<T const> block) noexcept {
    return {const_cast<T*>(block.data), block.rows, block.columns, block.stride};
}

} // namespace detail

template <std::floating_point T>
States<T>& States<T>::operator=(States other) noexcept {
    std::swap(layers_, other.layers_);
    std::swap(blocks_, other.blocks_);
    std::swap(rows_, other.rows_);
    return *this;
}

template <std::floating_point T>
void States<T>::require(std::size_t rows, std::span<std::size_t const> sizes) {
    for (std::size_t const units : sizes)
        static_cast<void>(detail::product_of("States", {{rows, "rows"}, {units, "units"}}));
    bool grown = layers_.size() != sizes.size();
    layers_.resize(sizes.size());
    for (std::size_t l = 0; l < sizes.size(); ++l)
        if (layers_[l].shape(0) < rows || layers_[l].shape(1) != sizes[l]) {
            layers_[l] = zero_matrix<T>(rows, sizes[l]);
            grown = true;
        }
    rows_ = rows;
    if (grown) refer();
}

template <std::floating_point T>
void States<T>::archive(Archive& archive) {
    for (std::size_t l = 0; l < layers_.size(); ++l) archive("layer_" + std::to_string(l), layers_[l]);
}

template <std::floating_point T>
void States<T>::refer() {
    blocks_.clear();
    for (auto& layer : layers_) blocks_.push_back(Block<T>{layer});
}

template <std::floating_point T>
void Phase<T>::refer(StatesView<T> states, Moment moment) {
    blocks.resize(states.layers());
    moments.assign(states.layers(), moment);
    rows = states.rows();
    for (std::size_t l = 0; l < states.layers(); ++l) blocks[l] = states[l];
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template Block<T> for_reading<T>(Block<T const> block) noexcept;                                                 \
    }                                                                                                                \
    template class States<T>;                                                                                        \
    template struct Phase<T>;
#include <boltz/detail/instantiate.hpp>
