// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/gif.hpp>

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/report/image.hpp>
#include <boltz/version.hpp>

#include <gif_lib.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE GifColors::GifColors(int levels) : map{GifMakeMapObject(levels, nullptr)} {
    if (map == nullptr) fail<Error>("write_gif: giflib has no memory for its palette");
    for (int i = 0; i < levels; ++i) {
        auto const level = static_cast<GifByteType>(i * 255 / (levels - 1));
        map->Colors[i] = {level, level, level};
    }
}

BOLTZ_INLINE GifWriter::GifWriter(std::filesystem::path const& path) : path_{path} {
    int error = 0;
    file_ = EGifOpen(this, &GifWriter::receive, &error);
    if (file_ == nullptr) fail<Error>("write_gif: giflib refuses ", path_.string(), ": ", text(error));
    EGifSetGifVersion(file_, true);
}

BOLTZ_INLINE void GifWriter::check(int status) const {
    if (status != GIF_OK) fail<Error>("write_gif: giflib refuses ", path_.string(), ": ", text(file_->Error));
}

BOLTZ_INLINE std::vector<std::byte> GifWriter::finish() {
    int const error = close();
    if (error != 0) fail<Error>("write_gif: giflib refuses ", path_.string(), ": ", text(error));
    return std::move(bytes_);
}

BOLTZ_INLINE int GifWriter::receive(GifFileType* file, GifByteType const* data, int size) noexcept {
    try {
        auto& bytes = static_cast<GifWriter*>(file->UserData)->bytes_;
        auto const* const first = reinterpret_cast<std::byte const*>(data);
        bytes.insert(bytes.end(), first, first + size);
        return size;
    } catch (...) {
        return 0;
    }
}

BOLTZ_INLINE char const* GifWriter::text(int error) {
    char const* const message = GifErrorString(error);
    return message == nullptr ? "unknown" : message;
}

BOLTZ_INLINE int GifWriter::close() noexcept {
    int error = 0;
    if (auto* const file = std::exchange(file_, nullptr); file != nullptr) EGifCloseFile(file, &error);
    return error;
}

BOLTZ_INLINE int gif_hundredths(double seconds, char const* name) {
    constexpr double most = 655.35;
    if (!(seconds >= 0 && seconds <= most))
        fail<ValueError>("write_gif: ", name, " is ", seconds, " seconds, but must lie in 0 .. ", most);
    return static_cast<int>(std::lround(seconds * 100));
}

} // namespace detail

BOLTZ_INLINE void write_gif(std::filesystem::path const& path, std::span<Image const> frames,
                            GifOptions const& options) {
    if (frames.empty()) fail<ShapeError>("write_gif: frames is empty, but needs at least one");
    auto const& first = frames.front();
    for (auto const& frame : frames) {
        frame.validate("write_gif");
        if (frame.channels != 1)
            fail<ValueError>("write_gif: a frame has ", frame.channels, " channels, but must have 1 (grey)");
        if (frame.width != first.width || frame.height != first.height)
            fail<ShapeError>("write_gif: a frame has ", frame.width, " x ", frame.height,
                             " pixels, but the first has ", first.width, " x ", first.height);
    }
    constexpr std::size_t largest = 65535;
    if (first.width > largest || first.height > largest)
        fail<ShapeError>("write_gif: the frames have ", first.width, " x ", first.height,
                         " pixels, but the format ends at ", largest);
    if (options.bits < 1 || options.bits > 8)
        fail<ValueError>("write_gif: bits is ", options.bits, ", but must lie in 1 .. 8");
    int const levels = 1 << options.bits;
    int const delay = detail::gif_hundredths(options.delay, "delay");
    int const last_delay = detail::gif_hundredths(options.last_delay, "last_delay");
    int const width = static_cast<int>(first.width);
    int const height = static_cast<int>(first.height);

    detail::GifColors const colors{levels};
    detail::GifWriter writer{path};
    auto* const gif = writer.get();
    writer.check(EGifPutScreenDesc(gif, width, height, options.bits, 0, colors.map));

    // The extension that every viewer knows for "loop for ever".
    std::array<GifByteType, 3> const forever{1, 0, 0};
    writer.check(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE));
    writer.check(EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0"));
    writer.check(EGifPutExtensionBlock(gif, static_cast<int>(forever.size()), forever.data()));
    writer.check(EGifPutExtensionTrailer(gif));

    std::vector<GifPixelType> line(first.width);
    for (auto const& frame : frames) {
        GraphicsControlBlock control{};
        control.DisposalMode = DISPOSE_DO_NOT;
        control.DelayTime = &frame == &frames.back() ? last_delay : delay;
        control.TransparentColor = NO_TRANSPARENT_COLOR;
        std::array<GifByteType, 4> block{};
        auto const length = EGifGCBToExtension(&control, block.data());
        writer.check(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(length), block.data()));
        writer.check(EGifPutImageDesc(gif, 0, 0, width, height, false, nullptr));
        for (std::size_t y = 0; y < frame.height; ++y) {
            // giflib overwrites the line that it is given.
            for (std::size_t x = 0; x < frame.width; ++x)
                line[x] = static_cast<GifPixelType>((frame.at(x, y)[0] * (levels - 1) + 127) / 255);
            writer.check(EGifPutLine(gif, line.data(), width));
        }
    }
    write_file_atomically(path, writer.finish());
}

} // namespace report

} // namespace boltz
