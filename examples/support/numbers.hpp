// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The numbers that command lines take. What CLI11 would read in another way than it is written (-1 as a large
/// number, 010 as octal 8, nan as within a range) is refused.

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

namespace detail_of_numbers {

/// Whether all of a text is one number of this type.
template <class T>
bool read_all(std::string const& text, T& value) {
    char const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc{} && read.ptr == end;
}

/// The fewest digits that give the same number again.
template <class T>
std::string digits(T value) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

} // namespace detail_of_numbers

/// Takes decimal digits that are a number from `low` to `high`: no sign, no leading zero, no exponent.
inline CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
    namespace own = detail_of_numbers;
    return {[low, high](std::string& text) {
                std::uint64_t value = 0;
                bool const plain = own::read_all(text, value) && (text.size() == 1 || text.front() != '0');
                if (plain && value >= low && value <= high) return std::string{};
                return "Value " + text + " is not a whole number from " + own::digits(low) + " to " +
                       own::digits(high) + " in decimal digits without a leading zero";
            },
            ""};
}

/// What a seed may be: any number of 64 bits.
inline CLI::Validator any_seed() { return whole_number(0, std::numeric_limits<std::uint64_t>::max()); }

/// Takes a decimal number from `low` to `high`.
inline CLI::Validator real_number(double low, double high) {
    namespace own = detail_of_numbers;
    return {[low, high](std::string& text) {
                double value = 0;
                if (own::read_all(text, value) && value >= low && value <= high) return std::string{};
                return "Value " + text + " is not a number from " + own::digits(low) + " to " + own::digits(high);
            },
            ""};
}

/// Takes a finite decimal number above 0.
inline CLI::Validator positive_number() {
    return {[](std::string& text) {
                double value = 0;
                bool const inside = detail_of_numbers::read_all(text, value) && value > 0 &&
                                    value <= std::numeric_limits<double>::max();
                return inside ? std::string{} : "Value " + text + " is not a number above 0";
            },
            ""};
}
