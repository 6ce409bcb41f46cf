// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Line charts, for the course of a training.

#include <boltz/report/axis.hpp>
#include <boltz/report/image.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace boltz::report {

/// One line of a chart.
struct Curve {
    std::string name{};      ///< in the legend; no entry if empty
    std::vector<double> x{}; ///< empty for 1, 2, 3, ...
    std::vector<double> y{}; ///< the line is broken where a number is not finite, or above 1e100
};

/// How a chart looks.
struct PlotOptions {
    std::string title{};
    std::string x_label{};
    std::string y_label{};
    std::size_t width = 480;       ///< of the whole chart, in units
    std::size_t height = 320;      ///< of the whole chart, in units
    double pixels_per_unit = 2;    ///< 2 is sharp in print and on fine screens; letters and lines grow with it
    Scale y_scale = Scale::linear; ///< logarithmic leaves out what is not positive
};

/// Colours that the colour-blind can tell apart (Okabe & Ito, 2008), dark ones first.
inline constexpr std::array<Color, 7> curve_colors{
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}, {0, 0, 0}}};

namespace detail {

[[nodiscard]] inline double x_of(Curve const& curve, std::size_t i) noexcept {
    return curve.x.empty() ? static_cast<double>(i + 1) : curve.x[i];
}

// Where the names of the curves go: rows of entries above the axes.
struct Legend {
    struct Entry {
        std::size_t curve;
        double left;
        std::size_t row;
    };
    std::vector<Entry> entries;
    std::size_t rows = 0;
};

[[nodiscard]] Legend make_legend(std::span<Curve const> curves, double room, double text, double sample, double gap);

} // namespace detail

/// Draws curves over one pair of axes: ticks at round numbers, a light grid, a legend above, anti-aliased lines in
/// colours that the colour-blind can tell apart; a curve of one point is a dot.
///
/// The chart is width x height units, times `pixels_per_unit` in pixels.
/// @throws ShapeError if a curve has x and y of different length, or the chart has no room for its axes.
[[nodiscard]] Image plot_curves(std::span<Curve const> curves, PlotOptions const& options = {});

/// The same for a list of curves.
[[nodiscard]] Image plot_curves(std::initializer_list<Curve> curves, PlotOptions const& options = {});

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/plot.hpp>
#endif
