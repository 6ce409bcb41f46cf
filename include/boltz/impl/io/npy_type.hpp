// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/npy_type.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::optional<NpyType> npy_type(std::string_view dtype) {
    if (dtype.size() < 3) return {};
    char const order = dtype[0];
    NpyType type{.stored = {}, .kind = dtype[1]};
    auto const digits = dtype.substr(2);
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), type.size);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    if (type.kind == 'S' && order == '|') return type;
    for (auto const& [name, stored] : {std::pair<std::string_view, std::string_view>{"f2", "<f4"},
                                       {"f4", "<f4"},
                                       {"f8", "<f8"},
                                       {"i1", "<i4"},
                                       {"i2", "<i4"},
                                       {"i4", "<i4"},
                                       {"i8", "<i8"},
                                       {"u1", "|u1"},
                                       {"u2", "<i4"},
                                       {"u4", "<i8"},
                                       {"u8", "<u8"},
                                       {"b1", "|u1"}}) {
        if (dtype.substr(1) != name) continue;
        bool const ordered = order == '<' || order == '>';
        if (!ordered && !(order == '|' && type.size == 1)) return {};
        type.stored = stored;
        type.swapped = order == '>' && type.size > 1;
        return type;
    }
    return {};
}

BOLTZ_INLINE float from_half(std::uint16_t bits) noexcept {
    int const exponent = bits >> 10 & 31;
    int const fraction = bits & 1023;
    float const size = exponent == 31  ? (fraction == 0 ? std::numeric_limits<float>::infinity()
                                                        : std::numeric_limits<float>::quiet_NaN())
                       : exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                       : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

BOLTZ_INLINE std::vector<std::byte> npy_in_memory(std::vector<std::byte> bytes, NpyType const& type) {
    auto const as = [&]<class From, class To>(From, To) {
        return converted_bytes<From>(bytes, type.swapped, [](From x) { return static_cast<To>(x); });
    };
    if (type.kind == 'b')
        return converted_bytes<std::uint8_t>(bytes, false,
                                             [](std::uint8_t x) { return static_cast<std::uint8_t>(x != 0); });
    if (type.kind == 'f' && type.size == 2) return converted_bytes<std::uint16_t>(bytes, type.swapped, from_half);
    if (type.kind == 'i' && type.size == 1) return as(std::int8_t{}, std::int32_t{});
    if (type.kind == 'i' && type.size == 2) return as(std::int16_t{}, std::int32_t{});
    if (type.kind == 'u' && type.size == 2) return as(std::uint16_t{}, std::int32_t{});
    if (type.kind == 'u' && type.size == 4) return as(std::uint32_t{}, std::int64_t{});
    if (!type.swapped) return bytes;
    return type.size == 4 ? as(std::uint32_t{}, std::uint32_t{}) : as(std::uint64_t{}, std::uint64_t{});
}

} // namespace detail

template <std::floating_point T>
std::vector<T> numbers_of(Array const& array) {
    std::vector<T> result;
    auto const read = [&]<class From>(From) {
        result.resize(array.bytes.size() / sizeof(From));
        for (std::size_t i = 0; i < result.size(); ++i) {
            From number{};
            std::memcpy(&number, array.bytes.data() + i * sizeof(From), sizeof(From));
            result[i] = static_cast<T>(number);
        }
    };
    if (array.dtype == "<f4")
        read(float{});
    else if (array.dtype == "<f8")
        read(double{});
    else if (array.dtype == "<i4")
        read(std::int32_t{});
    else if (array.dtype == "<i8")
        read(std::int64_t{});
    else if (array.dtype == "<u8")
        read(std::uint64_t{});
    else if (array.dtype == "|u1")
        read(std::uint8_t{});
    else
        detail::fail<ValueError>("numbers_of: array has type '", array.dtype, "', but ",
                                 detail::npy_types_understood);
    return result;
}

namespace detail {

template <std::floating_point T>
Array with_numbers(std::vector<T> const& numbers, std::vector<std::size_t> shape) {
    auto const* const first = reinterpret_cast<std::byte const*>(numbers.data());
    return {.dtype = sizeof(T) == 4 ? "<f4" : "<f8",
            .shape = std::move(shape),
            .bytes = {first, first + numbers.size() * sizeof(T)}};
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template std::vector<T> numbers_of<T>(Array const& array);                                                       \
    namespace detail {                                                                                               \
    template Array with_numbers<T>(std::vector<T> const& numbers, std::vector<std::size_t> shape);                   \
    }
#include <boltz/detail/instantiate.hpp>
