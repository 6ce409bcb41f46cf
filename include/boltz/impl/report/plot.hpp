// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/plot.hpp>

#include <boltz/error.hpp>
#include <boltz/report/axis.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/paint.hpp>
#include <boltz/report/text.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <vector>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE Legend make_legend(std::span<Curve const> curves, double room, double text, double sample, double gap) {
    Legend legend;
    double left = 0;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        if (curves[i].name.empty()) continue;
        double const width = sample + gap / 2 + text_width(curves[i].name, text);
        if (legend.rows == 0 || left + width > room) {
            ++legend.rows;
            left = 0;
        }
        legend.entries.push_back({i, left, legend.rows - 1});
        left += width + gap;
    }
    return legend;
}

} // namespace detail

BOLTZ_INLINE Image plot_curves(std::span<Curve const> curves, PlotOptions const& options) {
    double const unit = options.pixels_per_unit;
    if (!(unit > 0 && unit <= 16))
        fail<ValueError>("plot_curves: pixels_per_unit is ", unit, ", but must lie in 0 .. 16");
    if (options.width < 120 || options.height < 100 || options.width > 10000 || options.height > 10000)
        fail<ShapeError>("plot_curves: the chart is ", options.width, " x ", options.height,
                         " units, but must be at least 120 x 100 and at most 10000 x 10000");
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double x_low = infinity, x_high = -infinity, y_low = infinity, y_high = -infinity;
    bool whole = true; // epochs and updates have no halves
    detail::Axis const x_rule;
    detail::Axis const y_rule{.scale = options.y_scale};
    for (auto const& curve : curves) {
        if (!curve.x.empty() && curve.x.size() != curve.y.size())
            fail<ShapeError>("plot_curves: curve '", curve.name, "' has ", curve.x.size(), " values of x, but ",
                             curve.y.size(), " of y");
        for (std::size_t i = 0; i < curve.y.size(); ++i) {
            double const x = detail::x_of(curve, i);
            if (!x_rule.shows(x) || !y_rule.shows(curve.y[i])) continue;
            whole = whole && x == std::floor(x);
            x_low = std::min(x_low, x);
            x_high = std::max(x_high, x);
            y_low = std::min(y_low, curve.y[i]);
            y_high = std::max(y_high, curve.y[i]);
        }
    }

    // All lengths below are in units until they meet the picture.
    constexpr double text = 7.5, title_text = 9, gap = 8, sample = 16;
    double const wide = static_cast<double>(options.width);
    double const high = static_cast<double>(options.height);
    auto const y_axis = detail::make_axis(y_low, y_high, options.y_scale,
                                          std::max<std::size_t>(2, options.height / 45), detail::Fit::to_ticks);
    auto const x_axis = detail::make_axis(x_low, x_high, Scale::linear, std::max<std::size_t>(2, options.width / 60),
                                          detail::Fit::tight, whole ? 1.0 : 0.0);
    double widest = 0;
    for (double const tick : y_axis.ticks) widest = std::max(widest, text_width(detail::tick_label(tick), text));
    double const left = gap + (options.y_label.empty() ? 0 : text + gap) + widest + 5;
    double const right = wide - 2 * gap;
    auto const legend = detail::make_legend(curves, right - left, text, sample, 2 * gap);
    double const title_room = options.title.empty() ? 0 : title_text + gap;
    double const legend_room = static_cast<double>(legend.rows) * (text + gap);
    double const top = gap + title_room + legend_room + (legend.rows == 0 ? 2 : 0);
    double const bottom = high - gap - (options.x_label.empty() ? 0 : text + gap) - text - 5;
    if (!(right - left > 40 && bottom - top > 30))
        fail<ShapeError>("plot_curves: the chart is ", options.width, " x ", options.height,
                         " units, but its captions leave no room for the axes");

    auto const pixels = [unit](double length) { return static_cast<std::size_t>(std::lround(length * unit)); };
    auto const at = [unit](double x, double y) {
        return Point{static_cast<float>(x * unit), static_cast<float>(y * unit)};
    };
    // Horizontal and vertical lines lie on whole pixels, so that they stay sharp.
    auto const ruler = [unit](double place) { return (std::floor(place * unit) + 0.5) / unit; };
    Image image = Image::colored(pixels(wide), pixels(high));
    constexpr Color ink{40, 40, 40};
    constexpr Color grid{225, 225, 225};
    double const hairline = std::max(1.0, 0.6 * unit);
    TextStyle const label{.height = text * unit, .color = ink};
    auto const to_x = [&](double value) { return left + (right - left) * static_cast<double>(x_axis.share(value)); };
    auto const to_y = [&](double value) {
        return bottom - (bottom - top) * static_cast<double>(y_axis.share(value));
    };

    for (double const tick : y_axis.ticks) {
        double const y = ruler(to_y(tick));
        auto const name = detail::tick_label(tick);
        draw_line(image, {at(left, y), at(right, y)}, hairline, grid);
        draw_text(image, name, at(left - 5 - text_width(name, text), y + text / 2), label);
    }
    for (double const tick : x_axis.ticks) {
        double const x = ruler(to_x(tick));
        draw_line(image, {at(x, bottom), at(x, bottom + 3)}, hairline, ink);
        draw_text_centered(image, detail::tick_label(tick), at(x, bottom + 5 + text), label);
    }
    double const base = ruler(bottom);
    draw_line(image, {at(left, base), at(right, base)}, hairline, ink);

    double const thickness = 1.5 * unit;
    for (std::size_t k = 0; k < curves.size(); ++k) {
        auto const& curve = curves[k];
        std::vector<Polyline> lines(1);
        for (std::size_t i = 0; i < curve.y.size(); ++i) {
            double const x = detail::x_of(curve, i);
            if (x_axis.shows(x) && y_axis.shows(curve.y[i]))
                lines.back().push_back(at(to_x(x), to_y(curve.y[i])));
            else if (!lines.back().empty())
                lines.emplace_back();
        }
        auto const color = curve_colors[k % curve_colors.size()];
        std::vector<Polyline> dots;
        for (auto& line : lines)
            if (line.size() == 1) dots.push_back(line);
        draw_lines(image, lines, thickness, color);
        draw_lines(image, dots, 2.5 * thickness, color);
    }

    for (auto const& [curve, place, row] : legend.entries) {
        double const y = gap + title_room + static_cast<double>(row) * (text + gap) + text / 2;
        auto const color = curve_colors[curve % curve_colors.size()];
        draw_line(image, {at(left + place + 1, y), at(left + place + sample - 1, y)}, thickness, color);
        draw_text(image, curves[curve].name, at(left + place + sample + gap, y + text / 2), label);
    }
    draw_text_centered(image, options.title, at((left + right) / 2, gap + title_text),
                       {.height = title_text * unit, .color = ink});
    draw_text_centered(image, options.x_label, at((left + right) / 2, high - gap), label);
    draw_text_centered(image, options.y_label, at(gap + text, (top + bottom) / 2),
                       {.height = text * unit, .color = ink, .writing = Writing::upwards});
    return image;
}

BOLTZ_INLINE Image plot_curves(std::initializer_list<Curve> curves, PlotOptions const& options) {
    return plot_curves(std::span<Curve const>{curves.begin(), curves.size()}, options);
}

} // namespace report

} // namespace boltz
