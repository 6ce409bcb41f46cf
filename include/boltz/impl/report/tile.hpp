// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/tile.hpp>

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/text.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE std::uint8_t Range::level(double value) const noexcept {
    double const share = high > low ? (value - low) / (high - low) : 0.5;
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
}

} // namespace detail

template <std::floating_point T>
Image tile(Block<T const> images, std::size_t height, std::size_t width, std::size_t columns,
           TileOptions const& options) {
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

template <std::floating_point T>
Image tile(Matrix<T> const& images, std::size_t height, std::size_t width, std::size_t columns,
           TileOptions const& options) {
    return tile<T>(Block<T const>{images}, height, width, columns, options);
}

template <std::floating_point T>
Image tile_columns(Matrix<T> const& weights, std::size_t first, std::size_t count, std::size_t height,
                   std::size_t width, std::size_t columns, TileOptions const& options) {
    if (first > weights.shape(1) || count > weights.shape(1) - first)
        fail<ShapeError>("tile_columns: columns ", first, " .. ", first + count, " are asked for, but weights has ",
                         weights.shape(1));
    auto filters = Matrix<T>::from_shape({count, weights.shape(0)});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < weights.shape(0); ++j) filters(i, j) = weights(j, first + i);
    return tile(filters, height, width, columns, options);
}

BOLTZ_INLINE Image captioned(Image const& image, Captions const& captions) {
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

} // namespace report

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace report {                                                                                               \
    template Image tile<T>(Block<T const> images, std::size_t height, std::size_t width, std::size_t columns,        \
                           TileOptions const& options);                                                              \
    }                                                                                                                \
    namespace report {                                                                                               \
    template Image tile<T>(Matrix<T> const& images, std::size_t height, std::size_t width, std::size_t columns,      \
                           TileOptions const& options);                                                              \
    }                                                                                                                \
    namespace report {                                                                                               \
    template Image tile_columns<T>(Matrix<T> const& weights, std::size_t first, std::size_t count,                   \
                                   std::size_t height, std::size_t width, std::size_t columns,                       \
                                   TileOptions const& options);                                                      \
    }
#include <boltz/detail/instantiate.hpp>
