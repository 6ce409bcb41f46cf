// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rows of numbers as whole numbers between their least and their greatest.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/extremes.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace boltz::detail {

/// The numbers that the least code, 0, and the greatest one stand for.
struct CodeRange {
    float least = 0;
    float greatest = 0;
};

/// Writes a row as equally spaced codes; returns what they stand for.
///
/// The codes are the differences of the rounded running sums of the row. So a number is off by less than one step,
/// (greatest - least) / largest code, and the sum of a row by half a step, whatever its length: counts still add up.
/// The least and the greatest number, and with them rows of zeros and ones, come back as they are. A row with a
/// number that is not finite as a float comes back as NaNs.
template <std::unsigned_integral Code, std::floating_point T>
CodeRange encode(T const* in, Code* out, std::size_t n) noexcept {
    static_assert(sizeof(Code) <= 2);
    CodeRange range{static_cast<float>(minimum(in, n)), static_cast<float>(maximum(in, n))};
    if (!all_finite(in, n) || !std::isfinite(range.least) || !std::isfinite(range.greatest))
        range.least = range.greatest = std::numeric_limits<float>::quiet_NaN();
    double const width = double{range.greatest} - double{range.least};
    if (!(width > 0)) {
        std::fill_n(out, n, Code{0});
        return range;
    }
    constexpr unsigned fraction = 16; // binary digits of the sums behind the point
    constexpr double largest = std::numeric_limits<Code>::max() * double{1u << fraction};
    double const scale = largest / width;
    std::uint64_t sum = 1u << (fraction - 1);
    std::uint64_t before = 0;
    for (std::size_t j = 0; j < n; ++j) {
        // The ends of the range are rounded to floats, so a double may lie a little outside.
        double const place = std::clamp((static_cast<double>(in[j]) - double{range.least}) * scale, 0.0, largest);
        sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(place + 0.5));
        out[j] = static_cast<Code>((sum >> fraction) - before);
        before = sum >> fraction;
    }
    return range;
}

template <class Code, class T>
struct DecodeStep {
    Code const* in;
    T* out;
    T least;
    T step;
    T greatest;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const code = chunk.template load_whole<V>(in);
        V const number = multiply_add(V::all(step), code, V::all(least));
        // Rounding must not lead out of the range, beyond which a unit may have no states. The codes below the
        // largest cannot: they are too far from the end.
        V const last = V::all(T{std::numeric_limits<Code>::max()});
        chunk.store(select(equal(code, last), V::all(greatest), number), out);
    }
};

/// The numbers that a row of codes stands for.
template <std::unsigned_integral Code, std::floating_point T>
void decode(Code const* in, T* out, std::size_t n, CodeRange range,
            InstructionSet set = best_instruction_set()) noexcept {
    double const step = (double{range.greatest} - double{range.least}) / std::numeric_limits<Code>::max();
    for_each_chunk<T>(DecodeStep<Code, T>{in, out, T{range.least}, static_cast<T>(step), T{range.greatest}}, n, set);
}

} // namespace boltz::detail
