// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Anti-aliased pen strokes on a grid of coverages: what digits, letters and curves are drawn with.

#include <boltz/version.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

// Pixel (column, row) covers the square column .. column + 1, row .. row + 1; y points down.
struct Point {
    float x = 0;
    float y = 0;
};

enum class Ends { open, closed };

// The quadratic B-spline of a control polygon. It touches the middle of each side; an open one begins and ends at
// the polygon's ends. Replaces the contents of `curve`.
void smooth_curve(std::span<Point const> polygon, Ends ends, std::size_t steps, std::vector<Point>& curve);

// A rectangle of coverages in 0 .. 1, row by row.
struct Mask {
    std::span<float> coverage;
    std::size_t width = 0;
    std::size_t height = 0;
};

// Draws a polyline with round ends: each pixel keeps the largest of its coverage and the stroke's, which falls from 1
// to 0 over `softness` pixels around the distance `radius`. Strokes may leave the mask. A single point is a dot.
void add_stroke(std::span<Point const> line, float radius, float softness, Mask mask) noexcept;

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/stroke.hpp>
#endif
