// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/idx.hpp>

#include <boltz/data/labelled_images.hpp>
#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/gzip.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::filesystem::path find_idx(std::filesystem::path const& path) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
    auto gzipped = path;
    gzipped += ".gz";
    if (std::filesystem::exists(gzipped, ignored)) return gzipped;
    fail<FileError>("read_idx: ", path.string(), " does not exist, nor does ", gzipped.filename().string());
}

BOLTZ_INLINE std::size_t idx_payload(std::vector<std::size_t> const& shape) noexcept {
    std::size_t size = 1;
    bool overflow = false;
    for (auto const extent : shape) {
        if (extent == 0) return 0;
        overflow = overflow || size > std::numeric_limits<std::size_t>::max() / extent;
        if (!overflow) size *= extent;
    }
    return overflow ? std::numeric_limits<std::size_t>::max() : size;
}

BOLTZ_INLINE IdxLayout idx_layout(std::span<std::byte const> file, std::string_view function,
                                  std::string_view where) {
    auto const at = [&](std::size_t i) { return std::to_integer<unsigned>(file[i]); };

    if (file.size() < 4)
        fail<FormatError>(function, ": ", where, " has ", file.size(), " bytes, but an IDX header has at least 4");
    if (at(0) != 0 || at(1) != 0)
        fail<FormatError>(function, ": ", where, " begins with bytes ", at(0), ", ", at(1),
                          ", but an IDX file begins with 0, 0");
    if (at(2) != idx_unsigned_byte)
        fail<FormatError>(function, ": ", where, " holds numbers of type ", at(2),
                          ", but only 8 (unsigned bytes) is understood");
    std::size_t const rank = at(3);
    std::size_t const header = 4 + 4 * rank;
    if (rank == 0) fail<FormatError>(function, ": ", where, " has rank 0, but needs at least 1");
    if (file.size() < header)
        fail<FormatError>(function, ": ", where, " has ", file.size(), " bytes, but the header of rank ", rank,
                          " alone has ", header);

    IdxLayout result{{}, header};
    for (std::size_t i = 4; i < header; i += 4)
        result.shape.push_back(std::size_t{at(i)} << 24 | at(i + 1) << 16 | at(i + 2) << 8 | at(i + 3));
    if (idx_payload(result.shape) != file.size() - header) {
        std::ostringstream shape;
        for (std::size_t i = 0; i < rank; ++i) shape << (i == 0 ? "" : " x ") << result.shape[i];
        fail<FormatError>(function, ": ", where, " has ", file.size() - header,
                          " bytes after its header, but the header says ", shape.str());
    }
    return result;
}

} // namespace detail

BOLTZ_INLINE IdxBytes read_idx(std::filesystem::path const& path) {
    auto const found = detail::find_idx(path);
    auto file = read_plain_or_gzipped<std::uint8_t>(found);
    auto layout = detail::idx_layout(std::as_bytes(std::span{file}), "read_idx", found.string());
    file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(layout.begin));
    return {std::move(layout.shape), std::move(file)};
}

BOLTZ_INLINE void write_idx(std::filesystem::path const& path, IdxBytes const& array) {
    if (array.shape.empty() || array.shape.size() > 255)
        detail::fail<ShapeError>("write_idx: array has rank ", array.shape.size(), ", but it must lie in 1 .. 255");
    std::vector<std::byte> file{std::byte{0}, std::byte{0}, std::byte{detail::idx_unsigned_byte},
                                static_cast<std::byte>(array.shape.size())};
    for (std::size_t const extent : array.shape) {
        if (extent > std::numeric_limits<std::uint32_t>::max())
            detail::fail<ShapeError>("write_idx: array has an extent of ", extent, ", but the format has 32 bits");
        for (unsigned shift = 32; shift > 0; shift -= 8)
            file.push_back(static_cast<std::byte>(extent >> (shift - 8) & 0xff));
    }
    if (array.bytes.size() != detail::idx_payload(array.shape))
        detail::fail<ShapeError>("write_idx: array has ", array.bytes.size(), " bytes, but its shape needs ",
                                 detail::idx_payload(array.shape));
    auto const* const first = reinterpret_cast<std::byte const*>(array.bytes.data());
    file.insert(file.end(), first, first + array.bytes.size());
    write_file_atomically(path, file);
}

BOLTZ_INLINE LabelledImages read_labelled_images(std::filesystem::path const& images,
                                                 std::filesystem::path const& labels) {
    auto pixels = read_idx(images);
    auto classes = read_idx(labels);
    if (pixels.shape.size() != 3)
        detail::fail<FormatError>("read_labelled_images: ", images.string(), " has rank ", pixels.shape.size(),
                                  ", but images have rank 3");
    if (classes.shape.size() != 1)
        detail::fail<FormatError>("read_labelled_images: ", labels.string(), " has rank ", classes.shape.size(),
                                  ", but labels have rank 1");
    if (pixels.shape[0] != classes.shape[0])
        detail::fail<FormatError>("read_labelled_images: ", images.string(), " has ", pixels.shape[0],
                                  " images, but ", labels.string(), " has ", classes.shape[0], " labels");
    ByteScale const scale = ByteScale::of(pixels.bytes);
    return {.count = pixels.shape[0],
            .height = pixels.shape[1],
            .width = pixels.shape[2],
            .images = std::move(pixels.bytes),
            .labels = std::move(classes.bytes),
            .scale = scale};
}

BOLTZ_INLINE Mnist read_mnist(std::filesystem::path const& folder) {
    Mnist result{.train =
                     read_labelled_images(folder / "train-images-idx3-ubyte", folder / "train-labels-idx1-ubyte"),
                 .test = read_labelled_images(folder / "t10k-images-idx3-ubyte", folder / "t10k-labels-idx1-ubyte")};
    auto& [train, test] = result;
    if (train.height != test.height || train.width != test.width)
        detail::fail<FormatError>("read_mnist: ", folder.string(), " has training images of ", train.height, " x ",
                                  train.width, ", but test images of ", test.height, " x ", test.width);
    if (train.scale != test.scale) {
        auto const greatest = [](LabelledImages const& half) {
            return half.images.empty() ? 0 : int{*std::ranges::max_element(half.images)};
        };
        int const of_train = greatest(train);
        int const of_test = greatest(test);
        if (of_train == 1 || of_test == 1)
            detail::fail<FormatError>("read_mnist: ", folder.string(), " has training images of bytes up to ",
                                      of_train, ", but test images of bytes up to ", of_test,
                                      ": states 0 and 1 in one half, grey levels in the other");
        train.scale = test.scale = 1.0 / 255; // one half is blank
    }
    return result;
}

} // namespace boltz
