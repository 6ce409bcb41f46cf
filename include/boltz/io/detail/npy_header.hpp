// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What stands before the numbers of a `.npy` file: a Python dictionary of type, order and shape.

#include <boltz/error.hpp>
#include <boltz/io/npy_type.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boltz::detail {

inline constexpr std::size_t npy_largest_rank = 32;

// A whole array of a type that is not understood, which somebody may not need.
class ForeignArray : public FormatError {
  public:
    using FormatError::FormatError;
};

[[nodiscard]] std::string npy_shape(std::vector<std::size_t> const& shape);

// The payload of a shape; false if it does not fit into a size.
[[nodiscard]] bool npy_payload(std::vector<std::size_t> const& shape, std::size_t item, std::size_t& bytes);

// Reads the literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } and nothing else.
class NpyHeader {
  public:
    std::string dtype;
    NpyType type{};
    std::vector<std::size_t> shape;
    bool column_major = false;

    NpyHeader(std::string_view text, std::string_view function, std::string_view where);

  private:
    [[noreturn]] void wrong(std::string const& what) const;
    char peek();
    bool accept(char wanted);
    void expect(char wanted);
    std::string string();
    bool boolean();
    void read_dtype();
    void read_shape();

    std::string_view rest_;
    std::string_view function_;
    std::string_view where_;
};

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t npy_largest_header = std::size_t{1} << 20;

// What a .npy file holds, and where its numbers begin.
struct NpyLayout {
    std::string dtype; // as the header names it
    NpyType type{};
    std::vector<std::size_t> shape;
    bool column_major = false;
    std::size_t begin = 0;
};

// The most that can stand before the numbers.
inline constexpr std::size_t npy_largest_begin = 12 + npy_largest_header;

// Reads the header of a .npy file of `size` bytes, which must account for every byte. `file` is the file, or its
// first `npy_largest_begin` bytes or more; `where` is what messages call it.
[[nodiscard]] NpyLayout npy_layout(std::span<std::byte const> file, std::size_t size, std::string_view function,
                                   std::string_view where);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/detail/npy_header.hpp>
#endif
