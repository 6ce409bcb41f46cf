// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases from bytes, scaled while a block is loaded.

#include <boltz/data/byte_scale.hpp>
#include <boltz/data/labelled_images.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

/// Rows of bytes times a scale, so that grey values of images lie in [0, 1].
///
/// Without a scale the rule of `ByteScale` decides by all the bytes: 1/255, or 1 where no byte is above 1; `scale()`
/// tells which. Bytes that are a part of a data set are given its scale.
/// A byte takes a quarter of a float's room, and scaling happens in cache. Refers to the bytes, which must outlive
/// it.
class ByteSource {
  public:
    /// @throws ShapeError if the bytes are not a whole number of rows.
    ByteSource(std::span<std::uint8_t const> bytes, std::size_t columns)
        : ByteSource{bytes, columns, ByteScale::of(bytes)} {}

    /// The same, the factor of the bytes being known.
    ByteSource(std::span<std::uint8_t const> bytes, std::size_t columns, ByteScale scale);

    /// The pixels of images, times the scale of these.
    explicit ByteSource(LabelledImages const& images)
        : ByteSource{images.images, images.height * images.width, images.byte_scale()} {}

    /// Deleted for temporaries: the source only refers to its data.
    explicit ByteSource(LabelledImages&&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return bytes_.size() / columns_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

    /// What the bytes are multiplied with, and whether the rule chose it.
    [[nodiscard]] ByteScale scale() const noexcept { return scale_; }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;

  private:
    std::span<std::uint8_t const> bytes_;
    std::size_t columns_;
    ByteScale scale_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/byte_source.hpp>
#endif
