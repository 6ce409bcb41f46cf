// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// bfloat16 numbers by definition: comparisons of distances, no arithmetic on bits.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace test {

/// The number that a bfloat16 stands for: the upper half of a float's bits.
inline float widened(std::uint16_t half) { return std::bit_cast<float>(std::uint32_t{half} << 16); }

/// The bfloat16 nearest to a number that is not NaN; of two that are equally near, the one whose last bit is 0. What
/// lies half a step or more beyond the greatest one is infinite (IEEE 754, section 4.3.1).
inline std::uint16_t nearest_bfloat16(float number) {
    std::uint16_t const sign = std::signbit(number) ? 0x8000 : 0;
    double const size = std::abs(static_cast<double>(number));
    auto const value = [](std::uint32_t half) {
        // In place of infinity the number that would follow the greatest one.
        return half == 0x7f80 ? std::ldexp(1.0, 128) : static_cast<double>(widened(static_cast<std::uint16_t>(half)));
    };
    std::uint32_t below = 0; // the greatest bfloat16 that is not greater than `size`
    for (std::uint32_t step = 0x4000; step > 0; step /= 2)
        if (below + step <= 0x7f80 && value(below + step) <= size) below += step;
    if (below == 0x7f80) return static_cast<std::uint16_t>(sign | 0x7f80);
    double const down = size - value(below);
    double const up = value(below + 1) - size;
    std::uint32_t const nearest = down < up || (down == up && below % 2 == 0) ? below : below + 1;
    return static_cast<std::uint16_t>(sign | nearest);
}

/// A number rounded to bfloat16, as a float again.
inline float as_bfloat16(float number) { return std::isnan(number) ? number : widened(nearest_bfloat16(number)); }

} // namespace test
