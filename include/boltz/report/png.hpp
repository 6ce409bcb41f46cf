// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Pictures as PNG files.

#include <boltz/report/image.hpp>

#include <png.h>

#include <filesystem>

namespace boltz::report {

namespace detail {

struct PngImage {
    png_image data{};

    PngImage() { data.version = PNG_IMAGE_VERSION; }
    PngImage(PngImage const&) = delete;
    PngImage& operator=(PngImage const&) = delete;
    ~PngImage() { png_image_free(&data); }
};

} // namespace detail

/// Writes a PNG file, grey or coloured as the picture is, all of it or nothing.
/// @throws ShapeError if the picture is not valid; FileError if the file cannot be written.
void write_png(std::filesystem::path const& path, Image const& image);

/// Reads a PNG file; whatever its depth, grey ones become 8-bit grey and all others 8-bit coloured, on white.
/// @throws FileError if the file cannot be read; FormatError if it is no PNG file, or is corrupt.
[[nodiscard]] Image read_png(std::filesystem::path const& path);

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/png.hpp>
#endif
