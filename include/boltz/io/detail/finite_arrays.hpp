// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A check of the numbers that a file holds.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace boltz::detail {

/// Refuses arrays of floating-point numbers that are not all finite: a model of a training that diverged, whose
/// samples and scores would be nothing. Arrays with `wanted(name)` are looked at.
/// @throws E naming the file, the array, the place and the value.
template <class E = FormatError, class Wanted>
void check_finite(Arrays const& arrays, std::string_view function, std::string_view path, Wanted&& wanted) {
    auto const check = [&]<class T>(T, std::string_view name, Array const& array) {
        for (std::size_t i = 0; i < array.bytes.size() / sizeof(T); ++i) {
            T value{};
            std::memcpy(&value, array.bytes.data() + i * sizeof value, sizeof value);
            if (std::isfinite(value)) continue;
            fail<E>(function, ": ", path, ": number ", i, " of array ", name, " is ",
                    std::isnan(value) ? "not a number" : "infinite", ", but must be finite");
        }
    };
    for (auto const& [name, array] : arrays) {
        if (!wanted(std::string_view{name})) continue;
        if (array.dtype == "<f4") check(float{}, name, array);
        if (array.dtype == "<f8") check(double{}, name, array);
    }
}

} // namespace boltz::detail
