// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/stroke.hpp>

#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void smooth_curve(std::span<Point const> polygon, Ends ends, std::size_t steps,
                               std::vector<Point>& curve) {
    curve.clear();
    std::size_t const n = polygon.size();
    if (n < 3) {
        curve.assign(polygon.begin(), polygon.end());
        return;
    }
    auto const middle = [](Point a, Point b) { return Point{(a.x + b.x) / 2, (a.y + b.y) / 2}; };
    std::size_t const pieces = ends == Ends::closed ? n : n - 2;
    for (std::size_t i = 0; i < pieces; ++i) {
        Point const a = polygon[i];
        Point const b = polygon[(i + 1) % n];
        Point const c = polygon[(i + 2) % n];
        bool const first = ends == Ends::open && i == 0;
        bool const last = ends == Ends::open && i + 1 == pieces;
        Point const from = first ? a : middle(a, b);
        Point const to = last ? c : middle(b, c);
        for (std::size_t k = i == 0 ? 0 : 1; k <= steps; ++k) {
            float const t = static_cast<float>(k) / static_cast<float>(steps);
            float const p = (1 - t) * (1 - t);
            float const q = 2 * t * (1 - t);
            float const r = t * t;
            curve.push_back({p * from.x + q * b.x + r * to.x, p * from.y + q * b.y + r * to.y});
        }
    }
}

BOLTZ_INLINE void add_stroke(std::span<Point const> line, float radius, float softness, Mask mask) noexcept {
    float const reach = radius + softness / 2;
    auto const clip = [](float value, std::size_t size) {
        return static_cast<std::size_t>(std::clamp(value, 0.0f, static_cast<float>(size)));
    };
    for (std::size_t i = 0; i < std::max<std::size_t>(line.size(), 2) - 1 && !line.empty(); ++i) {
        Point const a = line[i];
        Point const b = line[std::min(i + 1, line.size() - 1)];
        float const dx = b.x - a.x;
        float const dy = b.y - a.y;
        float const square = dx * dx + dy * dy;
        float const inverse = square > 0 ? 1 / square : 0.0f;
        auto const top = clip(std::min(a.y, b.y) - reach, mask.height);
        auto const bottom = clip(std::max(a.y, b.y) + reach + 1, mask.height);
        auto const left = clip(std::min(a.x, b.x) - reach, mask.width);
        auto const right = clip(std::max(a.x, b.x) + reach + 1, mask.width);
        for (std::size_t y = top; y < bottom; ++y) {
            for (std::size_t x = left; x < right; ++x) {
                float const px = static_cast<float>(x) + 0.5f - a.x;
                float const py = static_cast<float>(y) + 0.5f - a.y;
                float const t = std::clamp((px * dx + py * dy) * inverse, 0.0f, 1.0f);
                float const distance = std::sqrt((px - t * dx) * (px - t * dx) + (py - t * dy) * (py - t * dy));
                float const coverage = std::clamp((radius - distance) / softness + 0.5f, 0.0f, 1.0f);
                float& pixel = mask.coverage[y * mask.width + x];
                pixel = std::max(pixel, coverage);
            }
        }
    }
}

} // namespace detail

} // namespace boltz
