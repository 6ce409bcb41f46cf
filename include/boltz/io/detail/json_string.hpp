// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Texts as JSON strings.

#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace boltz::detail {

/// The bytes that belong together at the beginning of a text, and whether they are one character of UTF-8. If not,
/// they are one wrong byte, or the beginning of a character whose end is missing.
struct Utf8 {
    std::size_t length;
    bool valid;
};

/// The first character of a text that is not empty. Longer forms than needed, surrogates and what is above U+10FFFF
/// are wrong (RFC 3629).
[[nodiscard]] Utf8 first_character(std::string_view text) noexcept;

// Characters that a backslash and a letter stand for.
inline constexpr std::string_view json_escaped = "\"\\\b\f\n\r\t";
inline constexpr std::string_view json_letters = "\"\\bfnrt";

/// Appends a text as a JSON string. What is no UTF-8 becomes U+FFFD: the result is JSON whatever the text is.
void append_json_string(std::string& out, std::string_view text);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/detail/json_string.hpp>
#endif
