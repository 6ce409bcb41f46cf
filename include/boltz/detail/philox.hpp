// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Philox4x32-10, and rows of random numbers that are named by their position.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace boltz::detail {

[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) noexcept {
    for (int round = 0; round < 10; ++round) {
        std::uint64_t const p = std::uint64_t{0xD2511F53} * c[0];
        std::uint64_t const q = std::uint64_t{0xCD9E8D57} * c[2];
        c = {static_cast<std::uint32_t>(q >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(q),
             static_cast<std::uint32_t>(p >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p)};
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    return c;
}

enum class PhiloxPurpose : std::uint32_t { uniform, normal, below, derive };

[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox_at(std::uint64_t key, std::uint64_t row, std::uint32_t group,
                                                               std::uint32_t purpose) noexcept {
    return philox4x32_10({group, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), purpose},
                         {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
}

[[nodiscard]] constexpr std::uint64_t philox_derive(std::uint64_t key, std::uint64_t name) noexcept {
    auto const w = philox_at(key, name, 0, 3);
    return w[0] | std::uint64_t{w[1]} << 32;
}

template <class T>
void philox_uniform(std::uint64_t key, std::uint64_t row, std::size_t first_column, T* out, std::size_t n) noexcept {
    constexpr std::size_t per = 16 / sizeof(T);
    for (std::size_t j = 0; j < n; ++j) {
        std::size_t const c = first_column + j;
        auto const w = philox_at(key, row, static_cast<std::uint32_t>(c / per), 0);
        if constexpr (sizeof(T) == 4)
            out[j] = static_cast<float>(w[c % 4] >> 8) * 0x1p-24f;
        else
            out[j] = static_cast<double>((w[2 * (c % 2)] | std::uint64_t{w[2 * (c % 2) + 1]} << 32) >> 11) * 0x1p-53;
    }
}

template <class T>
void philox_normal(std::uint64_t key, std::uint64_t row, std::size_t first_column, T* out, std::size_t n) noexcept {
    for (std::size_t j = 0; j < n; ++j) {
        std::size_t const c = first_column + j;
        double pair[2];
        philox_uniform<double>(key ^ 0x5555555555555555u, row, c / 2 * 2, pair, 2);
        double const r = std::sqrt(-2 * std::log1p(-pair[0]));
        double const a = 6.283185307179586 * pair[1];
        out[j] = static_cast<T>(c % 2 ? r * std::sin(a) : r * std::cos(a));
    }
}

[[nodiscard]] constexpr std::uint64_t philox_below(std::uint64_t key, std::uint64_t row, std::uint64_t column,
                                                   std::uint64_t bound) noexcept {
    std::uint64_t const limit = (~std::uint64_t{0}) - (~std::uint64_t{0} % bound + 1) % bound;
    for (std::uint32_t attempt = 4;; ++attempt) {
        auto const w = philox_at(key, row, static_cast<std::uint32_t>(column), attempt);
        std::uint64_t const x = w[0] | std::uint64_t{w[1]} << 32;
        if (x <= limit) return x % bound;
    }
}

} // namespace boltz::detail
