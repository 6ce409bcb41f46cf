// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/text.hpp>

#include <boltz/detail/stroke.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/paint.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE std::string_view glyph_of(char character) noexcept {
    auto const index = static_cast<std::size_t>(static_cast<unsigned char>(character)) - 32;
    return glyphs[index < glyphs.size() ? index : '?' - 32];
}

BOLTZ_INLINE void glyph_strokes(std::string_view glyph, float left, std::vector<Polyline>& strokes) {
    constexpr std::size_t steps = 6;
    Polyline points;
    for (std::size_t i = 1; i < glyph.size();) {
        char const pen = glyph[i + 1];
        points.clear();
        for (i += 2; i + 1 < glyph.size() && glyph[i] != ' '; i += 2)
            points.push_back({left + glyph_number(glyph[i]), glyph_number(glyph[i + 1])});
        if (pen == '-' || pen == '.')
            strokes.push_back(points);
        else
            boltz::detail::smooth_curve(points, pen == 'o' ? boltz::detail::Ends::closed : boltz::detail::Ends::open,
                                        steps, strokes.emplace_back());
    }
}

} // namespace detail

BOLTZ_INLINE double text_width(std::string_view text, double height) {
    double width = 0;
    for (char const character : text)
        width +=
            static_cast<double>(detail::glyph_number(detail::glyph_of(character).front()) + detail::glyph_spacing);
    return text.empty() ? 0.0 : (width - static_cast<double>(detail::glyph_spacing)) * height / detail::glyph_height;
}

BOLTZ_INLINE void draw_text(Image& image, std::string_view text, Point start, TextStyle const& style) {
    auto const scale = static_cast<float>(style.height) / detail::glyph_height;
    std::vector<Polyline> strokes;
    float left = 0;
    for (char const character : text) {
        auto const glyph = detail::glyph_of(character);
        detail::glyph_strokes(glyph, left, strokes);
        left += detail::glyph_number(glyph.front()) + detail::glyph_spacing;
    }
    for (auto& stroke : strokes) {
        for (auto& [x, y] : stroke) {
            float const along = x * scale;
            float const above = (detail::glyph_height - y) * scale;
            bool const across = style.writing == Writing::across;
            x = start.x + (across ? along : -above);
            y = start.y - (across ? above : along);
        }
    }
    // Thin enough for small letters to stay open, never thinner than a pixel.
    draw_lines(image, strokes, std::max(1.15, style.height * 0.115), style.color);
}

BOLTZ_INLINE void draw_text_centered(Image& image, std::string_view text, Point middle, TextStyle const& style) {
    auto const half = static_cast<float>(text_width(text, style.height) / 2);
    bool const across = style.writing == Writing::across;
    draw_text(image, text, {middle.x - (across ? half : 0), middle.y + (across ? 0 : half)}, style);
}

} // namespace report

} // namespace boltz
