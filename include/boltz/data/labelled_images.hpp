// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Grey images with a class each.

#include <boltz/data/byte_scale.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace boltz {

/// `count` grey images of `height` x `width` pixels, with the class of each.
struct LabelledImages {
    std::size_t count = 0;
    std::size_t height = 0;
    std::size_t width = 0;
    std::vector<std::uint8_t>
        images{}; ///< count x height x width, row-major: 0 is background, 255 (or 1, see `scale`) is full ink
    std::vector<std::uint8_t> labels{}; ///< count classes
    /// What bytes are multiplied with. `read_labelled_images` and `read_mnist` set it by the whole data set; without
    /// one the rule of `ByteScale` decides by these images.
    std::optional<ByteScale> scale{};

    /// Pixels of one image.
    [[nodiscard]] std::size_t pixels() const noexcept { return height * width; }

    /// The pixels of image `index`, row by row.
    [[nodiscard]] std::span<std::uint8_t const> image(std::size_t index) const noexcept;

    /// The factor of the bytes: `scale`, or the rule.
    [[nodiscard]] ByteScale byte_scale() const { return scale ? *scale : ByteScale::of(images); }

    /// A copy of the images first .. first + size - 1, with the byte scale of all.
    /// @throws ValueError if there are not that many.
    [[nodiscard]] LabelledImages part(std::size_t first, std::size_t size) const;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/labelled_images.hpp>
#endif
