// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of numbers as small pictures side by side: filters, digits, states of layers; and captions for them.

#include <boltz/report/image.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace boltz::report {

/// Which numbers become black and white.
enum class Contrast {
    fixed,          ///< TileOptions::low and high, for means and pixels in [0, 1]
    whole,          ///< the smallest and the largest number of all tiles
    tile,           ///< the smallest and the largest number of each tile
    symmetric,      ///< -m and m, where m is the largest magnitude in each tile: 0 is mid grey, for filters
    symmetric_whole ///< -m and m, where m is the largest magnitude in all tiles
};

/// How tiles are laid out.
struct TileOptions {
    Contrast contrast = Contrast::fixed;
    double low = 0;            ///< what is black, for Contrast::fixed
    double high = 1;           ///< what is white, for Contrast::fixed
    std::size_t padding = 1;   ///< pixels between tiles and around them
    std::uint8_t border = 128; ///< grey level of the padding, and of places without a tile
    std::size_t factor = 1;    ///< side of the square that each number becomes
};

namespace detail {

struct Range {
    double low;
    double high;

    [[nodiscard]] std::uint8_t level(double value) const noexcept;
};

template <class T>
[[nodiscard]] Range tile_range(Block<T const> block, TileOptions const& options) {
    if (options.contrast == Contrast::fixed) return {options.low, options.high};
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::size_t i = 0; i < block.rows; ++i) {
        for (T const value : block.row(i)) {
            low = std::min(low, static_cast<double>(value));
            high = std::max(high, static_cast<double>(value));
        }
    }
    if (options.contrast == Contrast::whole || options.contrast == Contrast::tile) return {low, high};
    double const most = std::max(std::abs(low), std::abs(high));
    return {-most, most};
}

} // namespace detail

/// Draws each row of `images` as a picture of `height` x `width` and puts them side by side, `columns` in a row.
///
/// A tile's numbers are row-major. The picture is grey and columns * (width * factor + padding) + padding pixels
/// wide. A weight matrix of pixels x units is transposed first: tile_columns does that.
/// @throws ShapeError if there are no rows or no columns, or a row has not height x width numbers.
/// @throws ValueError if a number is not finite, low is not below high, or factor is 0.
template <std::floating_point T>
[[nodiscard]] Image tile(Block<T const> images, std::size_t height, std::size_t width, std::size_t columns,
                         TileOptions const& options = {});

/// The same for a whole matrix.
template <std::floating_point T>
[[nodiscard]] Image tile(Matrix<T> const& images, std::size_t height, std::size_t width, std::size_t columns,
                         TileOptions const& options = {});

/// Draws `count` columns of a weight matrix, from column `first` on: the filters of hidden units, whose weights
/// stand in the columns. Otherwise like tile; by default symmetric, so that a weight of 0 is mid grey.
template <std::floating_point T>
[[nodiscard]] Image tile_columns(Matrix<T> const& weights, std::size_t first, std::size_t count, std::size_t height,
                                 std::size_t width, std::size_t columns,
                                 TileOptions const& options = {.contrast = Contrast::symmetric, .border = 255});

/// What stands around a picture made of cells of equal size.
struct Captions {
    std::string title{};                ///< above everything
    std::vector<std::string> rows{};    ///< left of the rows, from the top
    std::vector<std::string> columns{}; ///< above the columns, from the left
    double height = 11;                 ///< of a capital letter, in pixels
};

/// Puts captions around a picture, on white; the picture is cut into as many equal rows and columns as there are
/// captions for them. The picture stays sharp: enlarge it before, not after.
[[nodiscard]] Image captioned(Image const& image, Captions const& captions);

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/tile.hpp>
#endif
