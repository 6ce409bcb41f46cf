// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// IDX files, the format of MNIST and its relatives, plain or gzipped.

#include <boltz/data/labelled_images.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

/// An array of unsigned bytes of any rank: what an IDX file of type 0x08 holds.
struct IdxBytes {
    std::vector<std::size_t> shape;
    std::vector<std::uint8_t> bytes; ///< row-major
};

/// The two halves of a data set in MNIST's four files.
struct Mnist {
    LabelledImages train;
    LabelledImages test;
};

namespace detail {

inline constexpr unsigned idx_unsigned_byte = 0x08;

// The file of this name, or the same with ".gz".
[[nodiscard]] std::filesystem::path find_idx(std::filesystem::path const& path);

// Bytes after the header, or the largest number if that does not fit.
[[nodiscard]] std::size_t idx_payload(std::vector<std::size_t> const& shape) noexcept;

// The shape of an IDX file of unsigned bytes, and where its numbers begin.
struct IdxLayout {
    std::vector<std::size_t> shape;
    std::size_t begin = 0;
};

// Reads the header of a whole IDX file, which must account for every byte; `where` is what messages call the file.
[[nodiscard]] IdxLayout idx_layout(std::span<std::byte const> file, std::string_view function,
                                   std::string_view where);

} // namespace detail

/// Reads an IDX file of unsigned bytes: `path` itself or, if there is no such file, `path` + ".gz".
///
/// The header (two zeros, type 0x08, rank, big-endian extents) must account for every byte of the file; nothing is
/// allocated on its word. Either may be gzipped, whatever its name.
/// @throws FileError if neither file exists or can be read.
/// @throws FormatError if the file is foreign, of another type, truncated, or longer than its header says.
[[nodiscard]] IdxBytes read_idx(std::filesystem::path const& path);

/// Writes an IDX file of unsigned bytes, uncompressed, all of it or nothing.
/// @throws ShapeError if the shape is empty, an extent needs more than 32 bits, or the bytes do not fill the shape.
/// @throws FileError if the file cannot be written.
void write_idx(std::filesystem::path const& path, IdxBytes const& array);

/// Reads images (rank 3) and their labels (rank 1) from two IDX files. `ByteScale` decides whether the bytes are grey
/// levels or states.
/// @throws FileError, FormatError as read_idx, and FormatError if a rank is wrong or the two lengths differ.
[[nodiscard]] LabelledImages read_labelled_images(std::filesystem::path const& images,
                                                  std::filesystem::path const& labels);

/// Reads a folder with MNIST's four files, each plain or with ".gz": train-images-idx3-ubyte,
/// train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. Fashion-MNIST, KMNIST and others
/// use the same names. Both halves have one `ByteScale`.
/// @throws FileError, FormatError as read_labelled_images, and FormatError if the two image sizes differ, or one half
/// has bytes 0 and 1 and the other grey levels.
[[nodiscard]] Mnist read_mnist(std::filesystem::path const& folder);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/idx.hpp>
#endif
