// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/detail/json_string.hpp>

#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace boltz {

namespace detail {

BOLTZ_INLINE Utf8 first_character(std::string_view text) noexcept {
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

BOLTZ_INLINE void append_json_string(std::string& out, std::string_view text) {
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

} // namespace detail

} // namespace boltz
