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
[[nodiscard]] inline Utf8 first_character(std::string_view text) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned const first = byte(0);
    if (first < 0x80) return {1, true};
    if (first < 0xc2 || first > 0xf4) return {1, false};
    std::size_t const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    // The second byte has narrower bounds after some first ones.
    unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (std::size_t i = 1; i < length; ++i) {
        if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
        low = 0x80;
        high = 0xbf;
    }
    return {length, true};
}

// Characters that a backslash and a letter stand for.
inline constexpr std::string_view json_escaped = "\"\\\b\f\n\r\t";
inline constexpr std::string_view json_letters = "\"\\bfnrt";

/// Appends a text as a JSON string. What is no UTF-8 becomes U+FFFD: the result is JSON whatever the text is.
inline void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        auto const [length, valid] = first_character(text);
        auto const code = static_cast<unsigned char>(text.front());
        if (auto const known = json_escaped.find(text.front()); known != std::string_view::npos) {
            out += '\\';
            out += json_letters[known];
        } else if (code < 0x20) {
            out += code < 0x10 ? "\\u000" : "\\u001";
            out += "0123456789abcdef"[code % 16];
        } else {
            out += valid ? text.substr(0, length) : std::string_view{"\xef\xbf\xbd"};
        }
        text.remove_prefix(length);
    }
    out += '"';
}

} // namespace boltz::detail
