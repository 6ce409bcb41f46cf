// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/row_code.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::uint64_t row_code(std::span<T const> row, std::uint64_t code) {
    for (T const value : row) {
        auto const number = static_cast<double>(value) + 0.0; // -0 becomes 0
        std::uint64_t bits = 0;
        std::memcpy(&bits, &number, sizeof bits);
        code = (code ^ bits) * 0x9E3779B97F4A7C15u;
        code ^= code >> 29;
        code = code * 0xBF58476D1CE4E5B9u;
        code ^= code >> 32;
    }
    return code;
}

template <std::floating_point T>
bool whole_numbers(std::span<T const> row) {
    for (T const value : row)
        if (!(value >= 0) || value != static_cast<T>(static_cast<std::int64_t>(value))) return false;
    return true;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::uint64_t row_code<T>(std::span<T const> row, std::uint64_t code);                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template bool whole_numbers<T>(std::span<T const> row);                                                          \
    }
#include <boltz/detail/instantiate.hpp>
