// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/labelled_images.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

BOLTZ_INLINE std::span<std::uint8_t const> LabelledImages::image(std::size_t index) const noexcept {
    return {images.data() + index * pixels(), pixels()};
}

BOLTZ_INLINE LabelledImages LabelledImages::part(std::size_t first, std::size_t size) const {
    if (first > count || size > count - first)
        detail::fail<ValueError>("LabelledImages::part: first is ", first, " and size is ", size,
                                 ", but there are only ", count, " images");
    auto const begin = static_cast<std::ptrdiff_t>(first);
    auto const end = static_cast<std::ptrdiff_t>(first + size);
    auto const step = static_cast<std::ptrdiff_t>(pixels());
    return {.count = size,
            .height = height,
            .width = width,
            .images = {images.begin() + begin * step, images.begin() + end * step},
            .labels = {labels.begin() + begin, labels.begin() + end},
            .scale = byte_scale()};
}

} // namespace boltz
