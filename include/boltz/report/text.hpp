// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Captions: a small alphabet of pen strokes that is sharp at any size.

#include <boltz/detail/stroke.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/paint.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace boltz::report {

/// Which way a text runs.
enum class Writing { across, upwards };

/// How a text looks.
struct TextStyle {
    double height = 11; ///< of a capital letter, in pixels; small letters are two thirds of it
    Color color = black;
    Writing writing = Writing::across;
};

namespace detail {

// The printable ASCII characters from space to '~' on a grid: capitals reach from y = 0 to the baseline y = 9, small
// letters begin at 3, tails end at 12. First the width, then strokes: '-' straight, '~' curved, 'o' a closed curve,
// '.' a dot, each followed by x, y, x, y, ... in hexadecimal digits (control points of B-splines for curves).
inline constexpr std::array<std::string_view, 95> glyphs{
    "2", "0 -0006 .09", "2 -0002 -2022", "6 -2119 -5149 -0363 -0666", "5 ~5250000455590907 -212a",
    "7 -7009 o00303303 o46767949", "7 ~791310505305094975", "0 -0002", "2 ~2003082a", "2 ~0022280a",
    "4 -2126 -0245 -0542", "6 -3238 -0565", "1 -180b", "4 -0545", "0 .09", "4 -400a",
    // 0 .. 9
    "5 o00505909", "5 -123039", "5 ~0300505409 -0959", "5 ~0200505424 ~2454590907", "5 -49400656",
    "5 -501004 ~041353590908", "5 ~40020959540406", "5 -005019", "5 o00505404 o04545909", "5 ~19575000055553",
    // : .. @
    "0 .04 .09", "1 .14 -180b", "5 -520558", "5 -0454 -0757", "5 -025508", "4 ~020040442426 .29",
    "8 o00808909 o23636727",
    // A .. Z
    "6 -093069 -1656", "5 -0900 ~002050542404 ~042454592909", "6 ~626000096967", "6 -0900 ~002060692909",
    "5 -50000959 -0444", "5 -500009 -0444", "6 ~626000096965 -6535", "6 -0009 -6069 -0464", "0 -0009",
    "4 ~4046490907", "5 -0009 -5005 -2359", "5 -000959", "6 -0900366069", "6 -09006960", "7 o00707909",
    "5 -0900 ~002050552505", "7 o00707909 -467a", "5 -0900 ~002050552505 -2559", "5 ~5250000455590907",
    "6 -0060 -3039", "6 ~000509696560", "6 -003960", "8 -0029406980", "6 -0069 -6009", "6 -003460 -3439",
    "5 -00500959",
    // [ .. `
    "2 -20000a2a", "4 -004a", "2 -00202a0a", "4 -032043", "5 -0a5a", "1 -0012",
    // a .. z
    "5 o03535909 -5359", "5 o03535909 -0009", "4 ~444303094948", "5 o03535909 -5059", "5 -0656 ~565303095958",
    "3 -0333 ~30101319", "5 o03535909 ~53595c0c0b", "4 -0009 ~0603434649", "0 -0309 .00", "2 ~23292c0c .20",
    "4 -0009 -4307 -2549", "1 -0007 ~070919", "8 -0309 ~0603434649 ~4643838689", "4 -0309 ~0603434649", "5 o03535909",
    "5 o03535909 -030c", "5 o03535909 -535c", "3 -0309 ~060333", "4 ~4443030646490908", "3 -0333 ~11161939",
    "4 ~0306094946 -4349", "4 -032943", "6 -0319335963", "4 -0349 -4309", "4 -0329 -431c", "4 -03430949",
    // { .. ~
    "3 ~30101505 ~05151a3a", "0 -000a", "3 ~00202535 ~35252a0a", "5 ~06134754"};

inline constexpr float glyph_height = 9;
inline constexpr float glyph_spacing = 2.4f;

[[nodiscard]] constexpr float glyph_number(char digit) noexcept {
    return static_cast<float>(digit >= 'a' ? digit - 'a' + 10 : digit - '0');
}

[[nodiscard]] std::string_view glyph_of(char character) noexcept;

// The strokes of a glyph in its own grid, x counted from `left`.
void glyph_strokes(std::string_view glyph, float left, std::vector<Polyline>& strokes);

} // namespace detail

/// The length of a text in pixels, for capitals of `height` pixels.
[[nodiscard]] double text_width(std::string_view text, double height);

/// Draws a text (printable ASCII; other bytes become '?') that begins at `start`, the left end of its baseline.
///
/// What does not fit on the picture is cut off. Tails reach a third of the height below the baseline.
void draw_text(Image& image, std::string_view text, Point start, TextStyle const& style = {});

/// Draws a text with the middle of its baseline at `middle`.
void draw_text_centered(Image& image, std::string_view text, Point middle, TextStyle const& style = {});

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/text.hpp>
#endif
