// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/json_reader.hpp>

#include <boltz/io/detail/json_string.hpp>
#include <boltz/io/json.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE bool JsonReader::read(Json& result) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    if (!read_value(result, 0)) return false;
    skip_spaces();
    return rest_.empty();
}

BOLTZ_INLINE bool JsonReader::read_value(Json& result, std::size_t depth) {
    skip_spaces();
    if (depth < deepest_json && skip("[")) return read_array(result, depth + 1);
    if (depth < deepest_json && skip("{")) return read_object(result, depth + 1);
    if (skip("\"")) {
        std::string text;
        if (!read_string(text)) return false;
        result = std::move(text);
        return true;
    }
    if (skip("null"))
        result = nullptr;
    else if (skip("true"))
        result = true;
    else if (skip("false"))
        result = false;
    else
        return read_number(result);
    return true;
}

BOLTZ_INLINE bool JsonReader::read_array(Json& result, std::size_t depth) {
    Json::Array values;
    skip_spaces();
    if (!skip("]")) {
        do {
            if (!read_value(values.emplace_back(), depth)) return false;
            skip_spaces();
        } while (skip(","));
        if (!skip("]")) return false;
    }
    result = std::move(values);
    return true;
}

BOLTZ_INLINE bool JsonReader::read_object(Json& result, std::size_t depth) {
    Json::Object members;
    skip_spaces();
    if (!skip("}")) {
        do {
            std::string key;
            skip_spaces();
            if (!skip("\"") || !read_string(key)) return false;
            skip_spaces();
            if (!skip(":") || !read_value(members[std::move(key)], depth)) return false;
            skip_spaces();
        } while (skip(","));
        if (!skip("}")) return false;
    }
    result = std::move(members);
    return true;
}

BOLTZ_INLINE bool JsonReader::read_string(std::string& result) {
    while (!skip("\"")) {
        if (rest_.empty()) return false;
        if (skip("\\")) {
            if (!read_escape(result)) return false;
            continue;
        }
        auto const [length, valid] = first_character(rest_);
        if (!valid || static_cast<unsigned char>(rest_.front()) < 0x20) return false;
        result += rest_.substr(0, length);
        rest_.remove_prefix(length);
    }
    return true;
}

BOLTZ_INLINE bool JsonReader::read_escape(std::string& result) {
    if (skip("/")) {
        result += '/';
        return true;
    }
    if (!skip("u")) {
        auto const known = rest_.empty() ? std::string_view::npos : json_letters.find(rest_.front());
        if (known == std::string_view::npos) return false;
        result += json_escaped[known];
        rest_.remove_prefix(1);
        return true;
    }
    std::uint32_t code = 0;
    if (!read_hexadecimal(code)) return false;
    if (code >= 0xd800 && code < 0xe000) { // the first half of a pair, or a half alone
        std::uint32_t second = 0;
        if (code >= 0xdc00 || !skip("\\u") || !read_hexadecimal(second)) return false;
        if (second < 0xdc00 || second >= 0xe000) return false;
        code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
    }
    append_utf8(result, code);
    return true;
}

BOLTZ_INLINE bool JsonReader::read_hexadecimal(std::uint32_t& code) {
    if (rest_.size() < 4) return false;
    char const* const end = rest_.data() + 4;
    if (std::from_chars(rest_.data(), end, code, 16).ptr != end) return false;
    rest_.remove_prefix(4);
    return true;
}

BOLTZ_INLINE void JsonReader::append_utf8(std::string& result, std::uint32_t code) {
    int const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3; // bytes after the first
    constexpr unsigned char marks[]{0, 0xc0, 0xe0, 0xf0};
    result += static_cast<char>(marks[more] | code >> 6 * more);
    for (int i = more - 1; i >= 0; --i) result += static_cast<char>(0x80 | (code >> 6 * i & 0x3f));
}

BOLTZ_INLINE bool JsonReader::read_number(Json& result) {
    std::string_view const text = rest_;
    bool const negative = skip("-");
    if (!skip("0") && !skip_digits()) return false;
    bool const fraction = skip(".");
    if (fraction && !skip_digits()) return false;
    bool const exponent = skip("e") || skip("E");
    if (exponent) {
        if (!skip("+")) skip("-");
        if (!skip_digits()) return false;
    }
    std::string_view const digits = text.substr(0, text.size() - rest_.size());
    if (!fraction && !exponent &&
        (negative ? convert<std::int64_t>(digits, result) : convert<std::uint64_t>(digits, result)))
        return true;
    return convert<double>(digits, result);
}

BOLTZ_INLINE bool JsonReader::skip(std::string_view word) {
    bool const here = rest_.starts_with(word);
    if (here) rest_.remove_prefix(word.size());
    return here;
}

BOLTZ_INLINE bool JsonReader::skip_all_of(std::string_view characters) {
    auto const count = std::min(rest_.find_first_not_of(characters), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
}

} // namespace detail

BOLTZ_INLINE std::optional<Json> parse_json(std::string_view text) {
    Json result;
    if (text.size() > detail::longest_json || !detail::JsonReader{text}.read(result)) return std::nullopt;
    return result;
}

} // namespace boltz
