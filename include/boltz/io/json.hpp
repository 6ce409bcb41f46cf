// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading the JSON texts that files hold, and quoting what they say.

#include <boltz/io/excerpt.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>

namespace boltz::detail {

/// How deep objects and arrays of a JSON text may lie in each other. What boltz writes has depth 5; copying,
/// comparing and printing a value take some of the stack for each level.
inline constexpr std::ptrdiff_t deepest_json = 64;

/// How long a JSON text may be. What boltz writes has some kB; a value takes up to twenty times the memory of its
/// text.
inline constexpr std::size_t longest_json = std::size_t{1} << 20;

/// How deep objects and arrays lie in each other in a JSON text. The parser's own count, by a callback at each object
/// and array, takes time that grows with the square of their number.
[[nodiscard]] inline std::ptrdiff_t json_depth(std::string_view text) noexcept {
    std::ptrdiff_t depth = 0;
    std::ptrdiff_t deepest = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            if (c == '\\') ++i; // whatever follows does not end the string
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return deepest;
}

/// The value of a JSON text from a file; a discarded one (`is_discarded()`) if it is no JSON, deeper than
/// `deepest_json`, or longer than `longest_json`.
[[nodiscard]] inline nlohmann::json parse_json(std::string_view text) {
    if (text.size() > longest_json || json_depth(text) > deepest_json)
        return nlohmann::json(nlohmann::json::value_t::discarded);
    return nlohmann::json::parse(text, nullptr, false);
}

/// The beginning of a JSON value, for a message.
template <std::same_as<nlohmann::json> Json>
[[nodiscard]] std::string excerpt(Json const& value) {
    return excerpt(std::string_view{value.dump()});
}

} // namespace boltz::detail
