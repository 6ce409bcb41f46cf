// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Pictures in memory, and how to put them together.

#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace boltz::report {

/// Red, green and blue in 0 .. 255.
struct Color {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;

    bool operator==(Color const&) const = default;
};

inline constexpr Color black{0, 0, 0};
inline constexpr Color white{255, 255, 255};

/// A picture of 8-bit pixels, grey (one channel) or coloured (three, interleaved), row by row from the top.
struct Image {
    std::size_t width = 0;
    std::size_t height = 0;
    std::size_t channels = 1;         ///< 1 (grey) or 3 (red, green, blue)
    std::vector<std::uint8_t> pixels; ///< height x width x channels

    bool operator==(Image const&) const = default;

    /// The bytes of a picture.
    /// @throws ValueError if they are more than memory can hold.
    [[nodiscard]] static std::size_t size(std::size_t width, std::size_t height, std::size_t channels);

    /// A grey picture of one level.
    [[nodiscard]] static Image grey(std::size_t width, std::size_t height, std::uint8_t level = 255);

    /// A coloured picture of one colour.
    [[nodiscard]] static Image colored(std::size_t width, std::size_t height, Color color = white);

    /// The channels of one pixel.
    [[nodiscard]] std::span<std::uint8_t> at(std::size_t x, std::size_t y) noexcept;
    [[nodiscard]] std::span<std::uint8_t const> at(std::size_t x, std::size_t y) const noexcept;

    /// @throws ShapeError if there is no pixel, the channels are neither 1 nor 3, or the pixels do not fill the
    /// shape;
    ///         `function` is what the message calls the caller.
    void validate(char const* function) const;
};

/// The same picture with three channels.
[[nodiscard]] Image in_color(Image image);

/// Each pixel as a square of `factor` x `factor`: small pictures stay sharp.
/// @throws ValueError if `factor` is 0.
[[nodiscard]] Image enlarge(Image const& image, std::size_t factor);

namespace detail {

// Copies `part` into `image` with its upper left corner at (left, top), where it must fit.
void paste(Image& image, Image const& part, std::size_t left, std::size_t top);

} // namespace detail

/// Where smaller pictures lie beside or above larger ones.
enum class Alignment { start, center, end };

/// What lies between pictures and around the smaller ones.
struct Spacing {
    std::size_t gap = 0;                    ///< pixels between two neighbours
    std::uint8_t level = 255;               ///< grey level of the gaps
    Alignment alignment = Alignment::start; ///< of smaller pictures
};

namespace detail {

enum class Direction { right, down };

[[nodiscard]] Image join(std::span<Image const> images, Spacing const& spacing, Direction direction,
                         char const* function);

} // namespace detail

/// Pictures side by side, from left to right; coloured if one of them is.
/// @throws ShapeError if there are none, or one is not valid.
[[nodiscard]] inline Image beside(std::span<Image const> images, Spacing const& spacing = {}) {
    return detail::join(images, spacing, detail::Direction::right, "beside");
}
[[nodiscard]] Image beside(std::initializer_list<Image> images, Spacing const& spacing = {});

/// Pictures below each other, from top to bottom; coloured if one of them is.
/// @throws ShapeError if there are none, or one is not valid.
[[nodiscard]] inline Image stack(std::span<Image const> images, Spacing const& spacing = {}) {
    return detail::join(images, spacing, detail::Direction::down, "stack");
}
[[nodiscard]] Image stack(std::initializer_list<Image> images, Spacing const& spacing = {});

/// A frame of `margin` pixels around a picture.
[[nodiscard]] Image with_margin(Image const& image, std::size_t margin, std::uint8_t level = 255);

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/image.hpp>
#endif
