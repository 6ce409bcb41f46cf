// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Drawing anti-aliased lines on pictures.

#include <boltz/detail/stroke.hpp>
#include <boltz/report/image.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace boltz::report {

/// A place on a picture, in pixels from its upper left corner; the centre of the first pixel is (0.5, 0.5).
using Point = boltz::detail::Point;

/// A line through several points.
using Polyline = std::vector<Point>;

namespace detail {

// The colour's share of what lies beneath; grey pictures take its brightness.
void blend(std::span<std::uint8_t> pixel, Color color, float share) noexcept;

} // namespace detail

/// Draws lines with round ends and joints in one colour; where they cross, no pixel is painted twice.
///
/// Parts outside of the picture are left out. A line of one point is a dot. Cost: the area that the lines span.
/// @param thickness in pixels
void draw_lines(Image& image, std::span<Polyline const> lines, double thickness, Color color);

/// Draws one line.
void draw_line(Image& image, Polyline const& line, double thickness, Color color);

/// Fills the pixels left .. left + width - 1, top .. top + height - 1, as far as they lie on the picture.
void fill_rectangle(Image& image, std::size_t left, std::size_t top, std::size_t width, std::size_t height,
                    Color color);

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/paint.hpp>
#endif
