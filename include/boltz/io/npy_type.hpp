// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The types of NumPy's numbers: which are understood, and what they are in memory.

#include <boltz/archive.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace boltz::detail {

static_assert(std::endian::native == std::endian::little, "boltz writes arrays as they lie in memory");

// Bytes of one number of a type that arrays have in memory and that is written, or 0.
[[nodiscard]] constexpr std::size_t npy_item_size(std::string_view dtype) noexcept {
    if (dtype == "<f4" || dtype == "<i4") return 4;
    if (dtype == "<f8" || dtype == "<i8" || dtype == "<u8") return 8;
    return dtype == "|u1" ? 1 : 0;
}

inline constexpr std::string_view npy_types_understood =
    "real numbers (f2, f4, f8), integers (i1 to i8, u1 to u8) and bool (b1) are understood";

// A type in a file.
struct NpyType {
    std::string_view stored; // the type in memory, one that has all of its numbers; empty for texts
    std::size_t size = 0;    // bytes of one item in the file
    char kind = '\0';        // f, i, u, b or S
    bool swapped = false;    // whether its bytes come in the other order
};

// The type that a header names; none if it is not understood.
[[nodiscard]] std::optional<NpyType> npy_type(std::string_view dtype);

// IEEE 754's number of 16 bits.
[[nodiscard]] float from_half(std::uint16_t bits) noexcept;

// The bytes of numbers of another type: number i is to(number i as From).
template <class From, class Convert>
[[nodiscard]] std::vector<std::byte> converted_bytes(std::vector<std::byte> const& bytes, bool swapped, Convert to) {
    using To = decltype(to(From{}));
    std::size_t const count = bytes.size() / sizeof(From);
    std::vector<std::byte> result(count * sizeof(To));
    for (std::size_t i = 0; i < count; ++i) {
        std::byte item[sizeof(From)];
        std::memcpy(item, bytes.data() + i * sizeof(From), sizeof(From));
        if (swapped) std::reverse(item, item + sizeof(From));
        From number{};
        std::memcpy(&number, item, sizeof(From));
        To const wanted = to(number);
        std::memcpy(result.data() + i * sizeof(To), &wanted, sizeof(To));
    }
    return result;
}

// What the numbers of a file are in memory: in this machine's order, and of one of the six types of arrays. Exact.
[[nodiscard]] std::vector<std::byte> npy_in_memory(std::vector<std::byte> bytes, NpyType const& type);

} // namespace boltz::detail

namespace boltz {

/// The numbers of an array as `T`, whatever their type: `numbers_of<float>(read_npy("cases.npy"))`. Allocates.
///
/// They are rounded, or lose what `T` cannot hold, as `static_cast` has it for real types.
/// @throws ValueError if the array is of none of the types that `read_npy` gives.
template <std::floating_point T>
[[nodiscard]] std::vector<T> numbers_of(Array const& array);

namespace detail {

// An array of these numbers.
template <std::floating_point T>
[[nodiscard]] Array with_numbers(std::vector<T> const& numbers, std::vector<std::size_t> shape);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/npy_type.hpp>
#endif
