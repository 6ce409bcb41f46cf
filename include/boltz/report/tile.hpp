// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of numbers as small pictures side by side: filters, digits, states of layers; and captions for them.

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/text.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
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

    [[nodiscard]] std::uint8_t level(double value) const noexcept {
        double const share = high > low ? (value - low) / (high - low) : 0.5;
        return static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
    }
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
                         TileOptions const& options = {}) {
    if (images.rows < 1 || columns < 1)
        fail<ShapeError>("tile: there are ", images.rows, " images in ", columns,
                         " columns, but both must be at least 1");
    if (height < 1 || width < 1 || images.columns != height * width)
        fail<ShapeError>("tile: images have ", images.columns, " numbers each, but a tile is ", height, " x ", width);
    if (options.factor < 1) fail<ValueError>("tile: factor is 0, but must be at least 1");
    if (!(options.low < options.high))
        fail<ValueError>("tile: low is ", options.low, ", but high is ", options.high, " and must be above it");
    for (std::size_t i = 0; i < images.rows; ++i)
        for (T const value : images.row(i))
            if (!std::isfinite(value))
                fail<ValueError>("tile: image ", i, " has the number ", value, ", but all must be finite");

    std::size_t const rows = (images.rows + columns - 1) / columns;
    std::size_t const gap = options.padding;
    std::size_t const factor = options.factor;
    // All pixels of so many images along one side, with what stands between and around them.
    auto const along = [&](std::size_t images_along, std::size_t pixels) {
        std::size_t const step = boltz::detail::product_of("tile", {{pixels, "pixels"}, {factor, "factor"}}) +
                                 boltz::detail::product_of("tile", {{gap, "padding"}});
        return boltz::detail::product_of("tile", {{images_along, "images"}, {step, "pixels with padding"}}) + gap;
    };
    Image result = Image::grey(along(columns, width), along(rows, height), options.border);
    bool const each = options.contrast == Contrast::tile || options.contrast == Contrast::symmetric;
    auto range = detail::tile_range(images, options);
    for (std::size_t i = 0; i < images.rows; ++i) {
        if (each) range = detail::tile_range(images.row_range(i, 1), options);
        std::size_t const left = gap + i % columns * (width * factor + gap);
        std::size_t const top = gap + i / columns * (height * factor + gap);
        for (std::size_t y = 0; y < height * factor; ++y)
            for (std::size_t x = 0; x < width * factor; ++x)
                result.at(left + x, top + y)[0] =
                    range.level(static_cast<double>(images(i, y / factor * width + x / factor)));
    }
    return result;
}

/// The same for a whole matrix.
template <std::floating_point T>
[[nodiscard]] Image tile(Matrix<T> const& images, std::size_t height, std::size_t width, std::size_t columns,
                         TileOptions const& options = {}) {
    return tile<T>(Block<T const>{images}, height, width, columns, options);
}

/// Draws `count` columns of a weight matrix, from column `first` on: the filters of hidden units, whose weights
/// stand in the columns. Otherwise like tile; by default symmetric, so that a weight of 0 is mid grey.
template <std::floating_point T>
[[nodiscard]] Image tile_columns(Matrix<T> const& weights, std::size_t first, std::size_t count, std::size_t height,
                                 std::size_t width, std::size_t columns,
                                 TileOptions const& options = {.contrast = Contrast::symmetric, .border = 255}) {
    if (first > weights.shape(1) || count > weights.shape(1) - first)
        fail<ShapeError>("tile_columns: columns ", first, " .. ", first + count, " are asked for, but weights has ",
                         weights.shape(1));
    auto filters = Matrix<T>::from_shape({count, weights.shape(0)});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < weights.shape(0); ++j) filters(i, j) = weights(j, first + i);
    return tile(filters, height, width, columns, options);
}

/// What stands around a picture made of cells of equal size.
struct Captions {
    std::string title{};                ///< above everything
    std::vector<std::string> rows{};    ///< left of the rows, from the top
    std::vector<std::string> columns{}; ///< above the columns, from the left
    double height = 11;                 ///< of a capital letter, in pixels
};

/// Puts captions around a picture, on white; the picture is cut into as many equal rows and columns as there are
/// captions for them. The picture stays sharp: enlarge it before, not after.
[[nodiscard]] inline Image captioned(Image const& image, Captions const& captions) {
    image.validate("captioned");
    auto const pixels = [](double length) { return static_cast<std::size_t>(std::ceil(length)); };
    std::size_t const gap = pixels(captions.height * 0.7);
    std::size_t const line = pixels(captions.height * 1.9);
    double widest = 0;
    for (auto const& row : captions.rows) widest = std::max(widest, text_width(row, captions.height));
    double const title_height = captions.height * 1.25;

    std::size_t const left = gap + (captions.rows.empty() ? 0 : pixels(widest) + gap);
    std::size_t const title = captions.title.empty() ? 0 : pixels(title_height * 2);
    std::size_t const top = gap + title + (captions.columns.empty() ? 0 : line);
    std::size_t const width =
        std::max(left + image.width + gap, pixels(text_width(captions.title, title_height)) + 2 * gap);
    Image result = Image::grey(width, top + image.height + gap);
    if (image.channels == 3) result = in_color(std::move(result));
    detail::paste(result, image, left, top);

    auto const real = [](auto number) { return static_cast<float>(number); };
    float const middle = real(left) + real(image.width) / 2;
    auto const title_half = real(text_width(captions.title, title_height) / 2);
    draw_text_centered(
        result, captions.title,
        {std::clamp(middle, real(gap) + title_half, std::max(real(gap) + title_half, real(width - gap) - title_half)),
         real(gap) + real(title_height)},
        {.height = title_height});
    for (std::size_t i = 0; i < captions.columns.size(); ++i) {
        float const center = (real(i) + 0.5f) / real(captions.columns.size());
        draw_text_centered(result, captions.columns[i],
                           {real(left) + center * real(image.width), real(top) - real(captions.height * 0.6)},
                           {.height = captions.height});
    }
    for (std::size_t i = 0; i < captions.rows.size(); ++i) {
        float const center = (real(i) + 0.5f) / real(captions.rows.size());
        draw_text(result, captions.rows[i],
                  {real(left - gap) - real(text_width(captions.rows[i], captions.height)),
                   real(top) + center * real(image.height) + real(captions.height / 2)},
                  {.height = captions.height});
    }
    return result;
}

} // namespace boltz::report
