// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading JSON texts.

#include <boltz/io/json.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace boltz {
namespace detail {

/// How deep objects and arrays of a JSON text may lie in each other. What boltz writes has depth 5; reading, copying,
/// comparing, writing and destroying a value take some of the stack for each level.
inline constexpr std::size_t deepest_json = 64;

/// How long a JSON text may be. What boltz writes has some kB; a value takes up to a hundred times the memory of its
/// text.
inline constexpr std::size_t longest_json = std::size_t{1} << 20;

/// Reads one JSON text from its beginning to its end. Each step returns whether the text was right so far.
class JsonReader {
  public:
    explicit JsonReader(std::string_view text) : rest_{text} {}

    bool read(Json& result);

  private:
    bool read_value(Json& result, std::size_t depth);

    bool read_array(Json& result, std::size_t depth);

    bool read_object(Json& result, std::size_t depth);

    // After the opening quote.
    bool read_string(std::string& result);

    // After the backslash.
    bool read_escape(std::string& result);

    bool read_hexadecimal(std::uint32_t& code);

    static void append_utf8(std::string& result, std::uint32_t code);

    // The form is checked here, since `std::from_chars` takes "01", "1." and "inf" too.
    bool read_number(Json& result);

    template <class T>
    static bool convert(std::string_view digits, Json& result) {
        T value{};
        if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{}) return false;
        result = value;
        return true;
    }

    bool skip(std::string_view word);

    bool skip_digits() { return skip_all_of("0123456789"); }
    void skip_spaces() { skip_all_of(" \t\n\r"); }

    // Whether there were any.
    bool skip_all_of(std::string_view characters);

    std::string_view rest_;
};

} // namespace detail

/// The value of a JSON text (RFC 8259); nothing if it is none, holds a number that is too large or too small for a
/// double, lies more than 64 objects and arrays deep, or has more than 1 MiB. Strings must be UTF-8. A byte order
/// mark at the beginning is skipped. Of members with the same key the last one counts.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/json_reader.hpp>
#endif
