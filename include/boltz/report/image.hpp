// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Pictures in memory, and how to put them together.

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
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
    [[nodiscard]] static std::size_t size(std::size_t width, std::size_t height, std::size_t channels) {
        return boltz::detail::product_of("Image",
                                         {{width, "pixels wide"}, {height, "pixels high"}, {channels, "channels"}});
    }

    /// A grey picture of one level.
    [[nodiscard]] static Image grey(std::size_t width, std::size_t height, std::uint8_t level = 255) {
        return {width, height, 1, std::vector<std::uint8_t>(size(width, height, 1), level)};
    }

    /// A coloured picture of one colour.
    [[nodiscard]] static Image colored(std::size_t width, std::size_t height, Color color = white) {
        Image image{width, height, 3, std::vector<std::uint8_t>(size(width, height, 3))};
        for (std::size_t i = 0; i < width * height; ++i) {
            image.pixels[3 * i] = color.red;
            image.pixels[3 * i + 1] = color.green;
            image.pixels[3 * i + 2] = color.blue;
        }
        return image;
    }

    /// The channels of one pixel.
    [[nodiscard]] std::span<std::uint8_t> at(std::size_t x, std::size_t y) noexcept {
        return {pixels.data() + (y * width + x) * channels, channels};
    }
    [[nodiscard]] std::span<std::uint8_t const> at(std::size_t x, std::size_t y) const noexcept {
        return {pixels.data() + (y * width + x) * channels, channels};
    }

    /// @throws ShapeError if there is no pixel, the channels are neither 1 nor 3, or the pixels do not fill the
    /// shape;
    ///         `function` is what the message calls the caller.
    void validate(char const* function) const {
        constexpr std::size_t largest = std::size_t{1} << 20;
        if (width < 1 || height < 1 || width > largest || height > largest)
            fail<ShapeError>(function, ": image is ", width, " x ", height, " pixels, but both must lie in 1 .. ",
                             largest);
        if (channels != 1 && channels != 3)
            fail<ShapeError>(function, ": image has ", channels, " channels, but must have 1 or 3");
        if (pixels.size() != width * height * channels)
            fail<ShapeError>(function, ": image has ", pixels.size(), " bytes, but its shape needs ",
                             width * height * channels);
    }
};

/// The same picture with three channels.
[[nodiscard]] inline Image in_color(Image image) {
    image.validate("in_color");
    if (image.channels == 3) return image;
    std::vector<std::uint8_t> pixels;
    pixels.reserve(image.pixels.size() * 3);
    for (auto const level : image.pixels) pixels.insert(pixels.end(), 3, level);
    return {image.width, image.height, 3, std::move(pixels)};
}

/// Each pixel as a square of `factor` x `factor`: small pictures stay sharp.
/// @throws ValueError if `factor` is 0.
[[nodiscard]] inline Image enlarge(Image const& image, std::size_t factor) {
    image.validate("enlarge");
    if (factor < 1) fail<ValueError>("enlarge: factor is 0, but must be at least 1");
    Image result{image.width * factor, image.height * factor, image.channels, {}};
    result.pixels.reserve(image.pixels.size() * factor * factor);
    for (std::size_t y = 0; y < result.height; ++y) {
        for (std::size_t x = 0; x < image.width; ++x) {
            auto const pixel = image.at(x, y / factor);
            for (std::size_t k = 0; k < factor; ++k)
                result.pixels.insert(result.pixels.end(), pixel.begin(), pixel.end());
        }
    }
    return result;
}

namespace detail {

// Copies `part` into `image` with its upper left corner at (left, top), where it must fit.
inline void paste(Image& image, Image const& part, std::size_t left, std::size_t top) {
    for (std::size_t y = 0; y < part.height; ++y) {
        for (std::size_t x = 0; x < part.width; ++x) {
            auto const from = part.at(x, y);
            auto const to = image.at(left + x, top + y);
            for (std::size_t k = 0; k < to.size(); ++k) to[k] = from[part.channels == 1 ? 0 : k];
        }
    }
}

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

[[nodiscard]] inline Image join(std::span<Image const> images, Spacing const& spacing, Direction direction,
                                char const* function) {
    if (images.empty()) fail<ShapeError>(function, ": images is empty, but needs at least one");
    bool const down = direction == Direction::down;
    std::size_t along = (images.size() - 1) * spacing.gap;
    std::size_t across = 0;
    std::size_t channels = 1;
    for (auto const& image : images) {
        image.validate(function);
        along += down ? image.height : image.width;
        across = std::max(across, down ? image.width : image.height);
        channels = std::max(channels, image.channels);
    }
    Image result = Image::grey(down ? across : along, down ? along : across, spacing.level);
    if (channels == 3) result = in_color(std::move(result));
    std::size_t position = 0;
    for (auto const& image : images) {
        std::size_t const slack = across - (down ? image.width : image.height);
        std::size_t const offset = spacing.alignment == Alignment::start    ? 0
                                   : spacing.alignment == Alignment::center ? slack / 2
                                                                            : slack;
        paste(result, image, down ? offset : position, down ? position : offset);
        position += (down ? image.height : image.width) + spacing.gap;
    }
    return result;
}

} // namespace detail

/// Pictures side by side, from left to right; coloured if one of them is.
/// @throws ShapeError if there are none, or one is not valid.
[[nodiscard]] inline Image beside(std::span<Image const> images, Spacing const& spacing = {}) {
    return detail::join(images, spacing, detail::Direction::right, "beside");
}
[[nodiscard]] inline Image beside(std::initializer_list<Image> images, Spacing const& spacing = {}) {
    return beside(std::span<Image const>{images.begin(), images.size()}, spacing);
}

/// Pictures below each other, from top to bottom; coloured if one of them is.
/// @throws ShapeError if there are none, or one is not valid.
[[nodiscard]] inline Image stack(std::span<Image const> images, Spacing const& spacing = {}) {
    return detail::join(images, spacing, detail::Direction::down, "stack");
}
[[nodiscard]] inline Image stack(std::initializer_list<Image> images, Spacing const& spacing = {}) {
    return stack(std::span<Image const>{images.begin(), images.size()}, spacing);
}

/// A frame of `margin` pixels around a picture.
[[nodiscard]] inline Image with_margin(Image const& image, std::size_t margin, std::uint8_t level = 255) {
    image.validate("with_margin");
    Image result = Image::grey(image.width + 2 * margin, image.height + 2 * margin, level);
    if (image.channels == 3) result = in_color(std::move(result));
    detail::paste(result, image, margin, margin);
    return result;
}

} // namespace boltz::report
