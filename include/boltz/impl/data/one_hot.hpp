// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/one_hot.hpp>

#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

BOLTZ_INLINE OneHot::OneHot(std::span<std::uint8_t const> labels, std::size_t classes)
    : labels_{labels}, classes_{classes} {
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= classes)
            detail::fail<ValueError>("OneHot: label ", i, " is ", int{labels[i]}, ", but there are ", classes,
                                     " classes");
}

template <class T>
void OneHot::load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept {
    for (std::size_t i = 0; i < indices.size(); ++i)
        for (std::size_t k = 0; k < classes_; ++k) out(i, k) = labels_[indices[i]] == k ? T{1} : T{0};
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void OneHot::load<T>(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;
#include <boltz/detail/instantiate.hpp>
