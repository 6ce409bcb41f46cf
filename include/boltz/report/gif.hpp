// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Moving pictures as animated GIF files.

#include <boltz/report/image.hpp>

#include <gif_lib.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace boltz::report {

/// How a moving picture is shown.
struct GifOptions {
    double delay = 0.2;      ///< seconds that each frame stays, in steps of 0.01
    double last_delay = 2.0; ///< seconds that the last frame stays before the loop begins again
    int bits = 8;            ///< 2^bits levels of grey, 1 .. 8: fewer make a smaller file
};

namespace detail {

struct GifColors {
    ColorMapObject* map;

    explicit GifColors(int levels);
    GifColors(GifColors const&) = delete;
    GifColors& operator=(GifColors const&) = delete;
    ~GifColors() { GifFreeMapObject(map); }
};

// giflib's writer into memory. It reports by return codes, so no exception may leave its callback.
class GifWriter {
  public:
    explicit GifWriter(std::filesystem::path const& path);
    GifWriter(GifWriter const&) = delete;
    GifWriter& operator=(GifWriter const&) = delete;
    ~GifWriter() { close(); }

    [[nodiscard]] GifFileType* get() const noexcept { return file_; }

    void check(int status) const;

    [[nodiscard]] std::vector<std::byte> finish();

  private:
    static int receive(GifFileType* file, GifByteType const* data, int size) noexcept;
    [[nodiscard]] static char const* text(int error);
    int close() noexcept;

    std::filesystem::path path_;
    GifFileType* file_ = nullptr;
    std::vector<std::byte> bytes_;
};

[[nodiscard]] int gif_hundredths(double seconds, char const* name);

} // namespace detail

/// Writes an animated GIF that loops for ever, all of it or nothing.
///
/// The palette is grey; with 8 bits every level survives. Memory: the file.
/// @throws ShapeError if there are no frames, or they differ in size; ValueError if one is coloured, a delay is
///         negative or above 655 seconds, or bits is out of range; FileError if the file cannot be written.
void write_gif(std::filesystem::path const& path, std::span<Image const> frames, GifOptions const& options = {});

} // namespace boltz::report

#ifndef BOLTZ_COMPILED
#include <boltz/impl/report/gif.hpp>
#endif
