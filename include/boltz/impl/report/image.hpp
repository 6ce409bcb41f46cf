// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/image.hpp>

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace report {

BOLTZ_INLINE std::size_t Image::size(std::size_t width, std::size_t height, std::size_t channels) {
    return boltz::detail::product_of("Image",
                                     {{width, "pixels wide"}, {height, "pixels high"}, {channels, "channels"}});
}

BOLTZ_INLINE Image Image::grey(std::size_t width, std::size_t height, std::uint8_t level) {
    return {width, height, 1, std::vector<std::uint8_t>(size(width, height, 1), level)};
}

BOLTZ_INLINE Image Image::colored(std::size_t width, std::size_t height, Color color) {
    Image image{width, height, 3, std::vector<std::uint8_t>(size(width, height, 3))};
    for (std::size_t i = 0; i < width * height; ++i) {
        image.pixels[3 * i] = color.red;
        image.pixels[3 * i + 1] = color.green;
        image.pixels[3 * i + 2] = color.blue;
    }
    return image;
}

BOLTZ_INLINE std::span<std::uint8_t> Image::at(std::size_t x, std::size_t y) noexcept {
    return {pixels.data() + (y * width + x) * channels, channels};
}

BOLTZ_INLINE std::span<std::uint8_t const> Image::at(std::size_t x, std::size_t y) const noexcept {
    return {pixels.data() + (y * width + x) * channels, channels};
}

BOLTZ_INLINE void Image::validate(char const* function) const {
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

BOLTZ_INLINE Image in_color(Image image) {
    image.validate("in_color");
    if (image.channels == 3) return image;
    std::vector<std::uint8_t> pixels;
    pixels.reserve(image.pixels.size() * 3);
    for (auto const level : image.pixels) pixels.insert(pixels.end(), 3, level);
    return {image.width, image.height, 3, std::move(pixels)};
}

BOLTZ_INLINE Image enlarge(Image const& image, std::size_t factor) {
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

BOLTZ_INLINE void paste(Image& image, Image const& part, std::size_t left, std::size_t top) {
    for (std::size_t y = 0; y < part.height; ++y) {
        for (std::size_t x = 0; x < part.width; ++x) {
            auto const from = part.at(x, y);
            auto const to = image.at(left + x, top + y);
            for (std::size_t k = 0; k < to.size(); ++k) to[k] = from[part.channels == 1 ? 0 : k];
        }
    }
}

BOLTZ_INLINE Image join(std::span<Image const> images, Spacing const& spacing, Direction direction,
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

BOLTZ_INLINE Image beside(std::initializer_list<Image> images, Spacing const& spacing) {
    return beside(std::span<Image const>{images.begin(), images.size()}, spacing);
}

BOLTZ_INLINE Image stack(std::initializer_list<Image> images, Spacing const& spacing) {
    return stack(std::span<Image const>{images.begin(), images.size()}, spacing);
}

BOLTZ_INLINE Image with_margin(Image const& image, std::size_t margin, std::uint8_t level) {
    image.validate("with_margin");
    Image result = Image::grey(image.width + 2 * margin, image.height + 2 * margin, level);
    if (image.channels == 3) result = in_color(std::move(result));
    detail::paste(result, image, margin, margin);
    return result;
}

} // namespace report

} // namespace boltz
