// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/paint.hpp>

#include <boltz/detail/stroke.hpp>
#include <boltz/report/image.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE void blend(std::span<std::uint8_t> pixel, Color color, float share) noexcept {
    auto const mix = [share](std::uint8_t below, float above) {
        return static_cast<std::uint8_t>(std::lround(static_cast<float>(below) * (1 - share) + above * share));
    };
    auto const red = static_cast<float>(color.red);
    auto const green = static_cast<float>(color.green);
    auto const blue = static_cast<float>(color.blue);
    if (pixel.size() == 1) {
        pixel[0] = mix(pixel[0], 0.2126f * red + 0.7152f * green + 0.0722f * blue);
    } else {
        pixel[0] = mix(pixel[0], red);
        pixel[1] = mix(pixel[1], green);
        pixel[2] = mix(pixel[2], blue);
    }
}

} // namespace detail

BOLTZ_INLINE void draw_lines(Image& image, std::span<Polyline const> lines, double thickness, Color color) {
    auto const radius = static_cast<float>(thickness / 2);
    float const reach = radius + 1;
    auto const wide = static_cast<float>(image.width);
    auto const high = static_cast<float>(image.height);
    float left = wide;
    float right = 0;
    float top = high;
    float bottom = 0;
    for (auto const& line : lines) {
        for (auto const point : line) {
            left = std::min(left, point.x - reach);
            right = std::max(right, point.x + reach);
            top = std::min(top, point.y - reach);
            bottom = std::max(bottom, point.y + reach);
        }
    }
    left = std::floor(std::clamp(left, 0.0f, wide));
    top = std::floor(std::clamp(top, 0.0f, high));
    right = std::ceil(std::clamp(right, 0.0f, wide));
    bottom = std::ceil(std::clamp(bottom, 0.0f, high));
    if (!(left < right && top < bottom)) return;

    auto const width = static_cast<std::size_t>(right - left);
    auto const height = static_cast<std::size_t>(bottom - top);
    std::vector<float> coverage(width * height);
    Polyline moved;
    for (auto const& line : lines) {
        moved = line;
        for (auto& point : moved) point = {point.x - left, point.y - top};
        boltz::detail::add_stroke(moved, radius, 1.0f, {coverage, width, height});
    }
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            float const share = coverage[y * width + x];
            if (share > 0)
                detail::blend(image.at(static_cast<std::size_t>(left) + x, static_cast<std::size_t>(top) + y), color,
                              share);
        }
    }
}

BOLTZ_INLINE void draw_line(Image& image, Polyline const& line, double thickness, Color color) {
    draw_lines(image, {&line, 1}, thickness, color);
}

BOLTZ_INLINE void fill_rectangle(Image& image, std::size_t left, std::size_t top, std::size_t width,
                                 std::size_t height, Color color) {
    std::size_t const right = left < image.width ? left + std::min(width, image.width - left) : left;
    std::size_t const bottom = top < image.height ? top + std::min(height, image.height - top) : top;
    for (std::size_t y = top; y < bottom; ++y)
        for (std::size_t x = left; x < right; ++x) detail::blend(image.at(x, y), color, 1.0f);
}

} // namespace report

} // namespace boltz
