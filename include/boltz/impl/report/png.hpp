// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/png.hpp>

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/report/image.hpp>
#include <boltz/version.hpp>

#include <png.h>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace boltz {

namespace report {

BOLTZ_INLINE void write_png(std::filesystem::path const& path, Image const& image) {
    image.validate("write_png");
    detail::PngImage png;
    png.data.width = static_cast<png_uint_32>(image.width);
    png.data.height = static_cast<png_uint_32>(image.height);
    png.data.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    auto const encode = [&](void* memory) {
        if (png_image_write_to_memory(&png.data, memory, &size, 0, image.pixels.data(), 0, nullptr) == 0)
            fail<Error>("write_png: libpng refuses ", path.string(), ": ", png.data.message);
    };
    // Twice the work, but exactly the memory, and no jump out of libpng over our destructors.
    encode(nullptr);
    std::vector<std::byte> file(size);
    encode(file.data());
    file.resize(size);
    write_file_atomically(path, file);
}

BOLTZ_INLINE Image read_png(std::filesystem::path const& path) {
    auto const file = read_file(path);
    detail::PngImage png;
    auto const refuse = [&] {
        fail<FormatError>("read_png: ", path.string(), " has ", file.size(),
                          " bytes, but they are no PNG image: ", png.data.message);
    };
    if (png_image_begin_read_from_memory(&png.data, file.data(), file.size()) == 0) refuse();
    bool const grey = (png.data.format & PNG_FORMAT_FLAG_COLOR) == 0;
    png.data.format = grey ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    Image image{png.data.width, png.data.height, grey ? 1u : 3u, {}};
    constexpr std::size_t largest = std::size_t{1} << 28;
    if (image.width * image.height > largest)
        fail<FormatError>("read_png: ", path.string(), " says it is ", image.width, " x ", image.height,
                          " pixels, but at most ", largest, " pixels are read");
    image.pixels.resize(image.width * image.height * image.channels);
    png_color const paper{255, 255, 255};
    if (png_image_finish_read(&png.data, &paper, image.pixels.data(), 0, nullptr) == 0) refuse();
    return image;
}

} // namespace report

} // namespace boltz
