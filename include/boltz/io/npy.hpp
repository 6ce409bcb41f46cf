// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// NumPy's `.npy` format: one array in one file, as `numpy.save` writes and `numpy.load` reads it.

#include <boltz/archive.hpp>
#include <boltz/io/detail/npy_header.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace boltz {

namespace detail {

// The same array with the last index running fastest instead of the first.
void npy_make_row_major(Array& array, std::size_t item);

// Takes a whole .npy file apart; messages call it `where`.
[[nodiscard]] Array decode_npy(std::vector<std::byte> file, NpyLayout layout, std::string_view function,
                               std::string_view where);

// What precedes the payload; checks the array on the way.
[[nodiscard]] std::string encode_npy_header(ArrayView const& array, char const* function, std::string_view name);

} // namespace detail

/// Reads a `.npy` file of version 1.0, 2.0 or 3.0: real numbers of 2, 4 or 8 bytes, integers of 1 to 8 with or
/// without a sign, or bool, in either order of bytes, of any shape.
///
/// The array is of type <f4, <f8, <i4, <i8, <u8 or |u1, the first of them that has all of its numbers: f2 becomes
/// <f4, i1, i2 and u2 become <i4, u4 <i8, and bool |u1. Column-major ("Fortran") arrays are transposed into row-major
/// ones. The header must account for every byte of the file; nothing is allocated on its word. Memory: the file,
/// twice if it is column-major or converted.
/// @throws FileError if the file cannot be read.
/// @throws FormatError if the file is foreign, truncated, too long, or of another type, naming both values.
[[nodiscard]] Array read_npy(std::filesystem::path const& path);

/// Writes a `.npy` file (version 1.0, row-major), all of it or nothing.
/// @throws ValueError if the type is not one that read_npy understands; ShapeError if the bytes do not fill the
/// shape.
/// @throws FileError if the file cannot be written.
void write_npy(std::filesystem::path const& path, Array const& array);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/npy.hpp>
#endif
