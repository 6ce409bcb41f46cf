// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading the JSON texts that files hold, and quoting what they say.

#include <boltz/io/excerpt.hpp>

#include <nlohmann/json.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace boltz::detail {

/// How deep objects and arrays of a JSON text may lie in each other. What boltz writes has depth 5; copying,
/// comparing and printing a value take some of the stack for each level.
inline constexpr int deepest_json = 64;

/// The value of a JSON text from a file; a discarded one (`is_discarded()`) if it is no JSON, or deeper than
/// `deepest_json`. Values below that depth are never kept.
[[nodiscard]] inline nlohmann::json parse_json(std::string_view text) {
    bool deep = false;
    auto const keep = [&](int outer, nlohmann::json::parse_event_t event, nlohmann::json&) {
        using Event = nlohmann::json::parse_event_t;
        bool const opens = event == Event::object_start || event == Event::array_start;
        bool const allowed = !opens || outer < deepest_json;
        deep = deep || !allowed;
        return allowed;
    };
    auto value = nlohmann::json::parse(text, keep, false);
    return deep ? nlohmann::json(nlohmann::json::value_t::discarded) : value;
}

/// The beginning of a JSON value, for a message.
template <std::same_as<nlohmann::json> Json>
[[nodiscard]] std::string excerpt(Json const& value) {
    return excerpt(std::string_view{value.dump()});
}

} // namespace boltz::detail
