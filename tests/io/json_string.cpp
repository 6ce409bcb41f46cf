// SPDX-License-Identifier: MIT
#include <boltz/io/detail/json_string.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>

namespace test_json_string {

using namespace std::string_view_literals;

namespace {

std::string written(std::string_view text) {
    std::string out;
    boltz::detail::append_json_string(out, text);
    return out;
}

} // namespace

TEST_CASE("quotes, backslashes and control characters of a JSON string are escaped, and nothing else") {
    CHECK(written("") == R"("")");
    CHECK(written("a \"word\" / C:\\x") == R"("a \"word\" / C:\\x")");
    CHECK(written("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(written("\0\x01\x0b\x0f\x10\x1f\x7f"sv) == "\"\\u0000\\u0001\\u000b\\u000f\\u0010\\u001f\x7f\"");
    CHECK(written("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") == "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

TEST_CASE("characters of UTF-8 are told from what is none") {
    auto const character = [](std::string_view text) {
        auto const [length, valid] = boltz::detail::first_character(text);
        return valid ? length : 0;
    };
    // The first and the last of each length, and those around the surrogates.
    for (auto const text : {"\0"sv, "\x7f"sv}) CHECK(character(text) == 1);
    for (auto const text : {"\xc2\x80"sv, "\xdf\xbf"sv}) CHECK(character(text) == 2);
    for (auto const text : {"\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv})
        CHECK(character(text) == 3);
    for (auto const text : {"\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) CHECK(character(text) == 4);
    // A byte of the middle, longer forms than needed, surrogates, above U+10FFFF, cut short.
    for (auto const text : {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
                            "\xed\xbf\xbf"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv,
                            "\xff"sv, "\xc3"sv, "\xe2\x82"sv, "\xf0\x9f\x98"sv, "\xc3("sv, "\xe2\x82("sv})
        CHECK(character(text) == 0);
}

TEST_CASE("what is no UTF-8 is replaced, a character that is cut short by one sign, and what follows stays") {
    CHECK(written("a\xff(") == "\"a\xef\xbf\xbd(\"");
    CHECK(written("\xe2\x82(\xf0\x9f\x98") == "\"\xef\xbf\xbd(\xef\xbf\xbd\"");
    CHECK(written("\xc3\"\xc3\n") == "\"\xef\xbf\xbd\\\"\xef\xbf\xbd\\n\"");
    CHECK(written("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

} // namespace test_json_string
