// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Products of sizes that callers ask for.

#include <boltz/error.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace boltz::detail {

/// A size and what it is the number of.
struct NamedSize {
    std::size_t value;
    std::string_view name;
};

/// The most numbers of 8 bytes that memory can be asked for.
inline constexpr std::size_t most_numbers = static_cast<std::size_t>(PTRDIFF_MAX) / 8;

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_product(std::string_view function,
                                                                std::initializer_list<NamedSize> sizes) {
    std::string product;
    for (auto const& [value, name] : sizes)
        product += (product.empty() ? "" : " x ") + std::to_string(value) + ' ' + std::string{name};
    fail<ValueError>(function, ": ", product, " are more numbers than memory can hold, ", most_numbers);
}

/// The product of sizes, before memory of that size is asked for: a product that wraps around would make room for a
/// few numbers where many are written. Errors read "sample: 4611686018427387905 count x 4 reads are more ...".
/// @throws ValueError if the product is above `most_numbers`; it names all factors.
[[nodiscard]] inline std::size_t product_of(std::string_view function, std::initializer_list<NamedSize> sizes) {
    std::size_t product = 1;
    for (auto const& size : sizes)
        if (size.value == 0) return 0;
    for (auto const& size : sizes) {
        if (product > most_numbers / size.value) fail_product(function, sizes);
        product *= size.value;
    }
    return product;
}

} // namespace boltz::detail
