// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/synthetic_digits.hpp>

#include <boltz/data/labelled_images.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/detail/stroke.hpp>
#include <boltz/draws.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void draw_digit(Skeleton const& skeleton, std::span<float const> u, std::span<float const> bends,
                             std::vector<Point>& polygon, std::vector<Point>& curve, Mask mask) {
    auto const between = [](float from, float to, float t) { return from + (to - from) * t; };
    float const height = between(14.5f, 20.5f, u[0]);
    float const width = height * between(0.48f, 0.86f, u[1]);
    float const slant = between(-0.20f, 0.50f, u[2]);
    float const angle = between(-0.24f, 0.24f, u[3]);
    float const left = static_cast<float>(mask.width) / 2 + between(-2.1f, 2.1f, u[4]);
    float const top = static_cast<float>(mask.height) / 2 + between(-2.1f, 2.1f, u[5]);
    float const radius = between(0.75f, 1.75f, u[6] * u[6]);
    float const cosine = std::cos(angle);
    float const sine = std::sin(angle);
    constexpr float bend = 0.05f;
    // The same corner, met again by the next stroke, moves with it.
    auto const place = [&](Point p, std::size_t corner) {
        float const x = (p.x - 0.5f + bend * bends[2 * corner]) * width;
        float const y = (p.y - 0.5f + bend * bends[2 * corner + 1]) * height;
        float const slanted = x - slant * y;
        return Point{left + cosine * slanted - sine * y, top + sine * slanted + cosine * y};
    };
    std::fill(mask.coverage.begin(), mask.coverage.end(), 0.0f);
    std::size_t corner = 0;
    Point previous{-9, -9};
    for (auto const& [pen, points] : skeleton) {
        polygon.clear();
        for (auto const& point : points) {
            bool const joined = polygon.empty() && point.x == previous.x && point.y == previous.y;
            polygon.push_back(place(point, joined ? corner - 1 : corner));
            if (!joined) ++corner;
        }
        previous = points[points.size() - 1];
        constexpr std::size_t steps = 5;
        if (pen != Pen::straight) smooth_curve(polygon, pen == Pen::loop ? Ends::closed : Ends::open, steps, curve);
        add_stroke(pen == Pen::straight ? polygon : curve, radius, 1.3f, mask);
    }
}

} // namespace detail

BOLTZ_INLINE LabelledImages synthetic_digits(std::size_t count, Draws const& draws) {
    constexpr std::size_t side = 28;
    constexpr std::size_t kinds = 10;
    LabelledImages result{.count = count,
                          .height = side,
                          .width = side,
                          .images = std::vector<std::uint8_t>(
                              detail::product_of("synthetic_digits", {{count, "count"}, {side * side, "pixels"}})),
                          .labels = std::vector<std::uint8_t>(count),
                          .scale = 1.0 / 255};
    for (std::size_t i = 0; i < count; ++i) result.labels[i] = static_cast<std::uint8_t>(i % kinds);
    auto const order = draws.stream(0);
    for (std::size_t i = count; i > 1; --i) std::swap(result.labels[i - 1], result.labels[order.below(i, i, 0)]);

    static constexpr auto skeletons = detail::digit_skeletons();
    auto const shapes = draws.stream(1);
    auto const corners = draws.stream(2);
    std::array<float, 8> uniform{};
    std::array<float, 32> normal{};
    std::vector<detail::Point> polygon;
    std::vector<detail::Point> curve;
    std::array<float, side * side> coverage{};
    for (std::size_t i = 0; i < count; ++i) {
        shapes.uniform(i, 0, std::span<float>{uniform});
        corners.normal(i, 0, std::span<float>{normal});
        auto const& ways = skeletons[result.labels[i]];
        auto const way =
            std::min(static_cast<std::size_t>(uniform[7] * static_cast<float>(ways.size())), ways.size() - 1);
        detail::draw_digit(ways[way], uniform, normal, polygon, curve, {coverage, side, side});
        for (std::size_t j = 0; j < coverage.size(); ++j)
            result.images[i * side * side + j] = static_cast<std::uint8_t>(std::lround(255 * coverage[j]));
    }
    return result;
}

} // namespace boltz
