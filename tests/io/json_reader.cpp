// SPDX-License-Identifier: MIT
#include <boltz/io/json_reader.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace test_json_reader {

using boltz::Json;
using boltz::parse_json;
using namespace std::string_view_literals;

namespace {

bool refused(std::string_view text) { return !parse_json(text); }

std::string nested(std::size_t depth, std::string const& open, std::string const& inner, std::string const& close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += inner;
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
}

} // namespace

TEST_CASE("a value of every kind is the same when it is written and read again") {
    Json const value =
        Json::Object{{"", nullptr},
                     {"truths", Json::Array{true, false}},
                     {"whole", Json::Array{0, -1, std::numeric_limits<std::uint64_t>::max(),
                                           std::numeric_limits<std::int64_t>::min()}},
                     {"real", Json::Array{0.1, -1.0 / 3, 1e300, std::numeric_limits<double>::denorm_min(),
                                          std::numeric_limits<double>::max(), 1e15, 1e-5, 123456789012345.0}},
                     {"text", std::string{"\0 \"\\/\b\f\n\r\t\x1f\x7f \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"sv}},
                     {"nested", Json::Array{Json::Array{}, Json::Object{}, Json::Object{{"a", Json::Array{1}}}}}};
    for (std::size_t const indent : {std::size_t{0}, std::size_t{2}}) {
        auto const back = parse_json(value.dump(indent));
        REQUIRE(back);
        CHECK(*back == value);
        CHECK(back->dump(indent) == value.dump(indent));
    }
    CHECK(std::signbit(parse_json(Json{-0.0}.dump()).value().number()));
}

TEST_CASE("numbers are read exactly as whole ones of 64 bits, else as the nearest double") {
    auto const read = [](std::string_view text) { return parse_json(text).value(); };
    CHECK(read("18446744073709551615").unsigned_integer() == std::numeric_limits<std::uint64_t>::max());
    CHECK(read("9007199254740993").unsigned_integer() == 9007199254740993u);
    CHECK(read("-9223372036854775808") == Json{std::numeric_limits<std::int64_t>::min()});
    for (auto const& [text, value] : {std::pair{"18446744073709551616", 0x1p64},
                                      {"-9223372036854775809", -0x1p63},
                                      {"100000000000000000000000", 1e23},
                                      {"1.0", 1.0},
                                      {"1e0", 1.0},
                                      {"0e0", 0.0},
                                      {"0E+1", 0.0},
                                      {"12.5E-1", 1.25},
                                      {"2e+2", 200.0},
                                      {"-0.0", 0.0},
                                      {"0.1", 0.1},
                                      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
                                      {"5e-324", std::numeric_limits<double>::denorm_min()},
                                      {"1.00000000000000011102230246251565404236316680908203125", 1.0},
                                      {"1.00000000000000011102230246251565404236316680908203126", 1 + 0x1p-52}}) {
        CAPTURE(text);
        CHECK_FALSE(read(text).is_unsigned());
        CHECK(read(text).number() == value);
    }
    CHECK(std::signbit(read("-0.0").number()));
    CHECK(read("-0") == 0);
    CHECK(read("-0").dump() == "0");
    CHECK(read("[1" + std::string(400, '0') + "e-400]")[0].number() == 1);
    for (std::string const text :
         {"1e400", "-1e400", "1e99999999999999999999", "1e-400", "-1e-99999999999999999999"}) {
        CAPTURE(text);
        CHECK(refused(text));
        CHECK(refused("[" + text + "]"));
    }
    CHECK(refused(std::string(400, '9')));
}

TEST_CASE("what is no number of JSON is refused") {
    for (auto const text : {"01",   "-01",  "00",       "-",         "+1",    "--1",   "1.",   ".5",    "-.5",
                            "1.e5", "1e",   "1e+",      "1e-",       "1e5.5", "1.2.3", "0x10", "1_000", "NaN",
                            "nan",  "-nan", "Infinity", "-Infinity", "inf",   "-inf",  "1f",   "1 2",   "\xd9\xa1"}) {
        CAPTURE(text);
        CHECK(refused(text));
        CHECK(refused(std::string{"["}.append(text).append("]")));
    }
}

TEST_CASE("strings are read with all escapes, and refused if they are no text") {
    auto const read = [](std::string_view text) { return parse_json(text).value().string(); };
    CHECK(read(R"("")").empty());
    CHECK(read(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(read(R"("\u0000\u0041\u00e4\u07ff\u0800\u20AC\uffff")") ==
          "\0A\xc3\xa4\xdf\xbf\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf"sv);
    CHECK(read(R"("\ud800\udc00 \uD83D\uDE00 \udbff\udfff")") ==
          "\xf0\x90\x80\x80 \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf");
    CHECK(read("\"\x7f\xc3\xa4\xf0\x9f\x98\x80\"") == "\x7f\xc3\xa4\xf0\x9f\x98\x80");
    for (auto const inner : {"\\"sv,
                             "\\a"sv,
                             "\\'"sv,
                             "\\U0041"sv,
                             "\\x41"sv,
                             "\\0"sv,
                             "\\u"sv,
                             "\\u004"sv,
                             "\\u00g0"sv,
                             "\\u-041"sv,
                             "\\u+041"sv,
                             "\\u 041"sv,
                             "\\u0x41"sv,
                             "\\ud800"sv,
                             "\\udc00"sv,
                             "\\ud800\\ud800"sv,
                             "\\ud800x"sv,
                             "\\ud800\\n"sv,
                             "\\ud800\\u0041"sv,
                             "\\udc00\\ud800"sv,
                             "\n"sv,
                             "\t"sv,
                             "\0"sv,
                             "\x1f"sv,
                             "\xff"sv,
                             "\xc3"sv,
                             "\xc0\x80"sv,
                             "\xed\xa0\x80"sv,
                             "\xf4\x90\x80\x80"sv}) {
        std::string const text = std::string{"\"a"}.append(inner).append("z\"");
        CAPTURE(text);
        CHECK(refused(text));
        CHECK(refused("{" + text + ": 1}"));
    }
    for (auto const text : {"\"", "\"a", "\"\\\"", "'a'", "a", "\"a\"b", "\"\\u004", "\"\\ud800\\"}) {
        CAPTURE(text);
        CHECK(refused(text));
    }
}

TEST_CASE("a text is one value, with nothing but spaces around it") {
    for (auto const text :
         {"null", " \t\r\n null \n", "[ ]", "{ }", "[ 1 , 2 ]", " { \"a\" : [ true , false ] } ", "\xef\xbb\xbf{}"}) {
        CAPTURE(text);
        CHECK_FALSE(refused(text));
    }
    for (auto const text : {""sv,
                            " "sv,
                            "\xef\xbb\xbf"sv,
                            "\xef\xbb\xbf\xef\xbb\xbf{}"sv,
                            "\xef\xbb{}"sv,
                            "{}\xef\xbb\xbf"sv,
                            "["sv,
                            "]"sv,
                            "{"sv,
                            "}"sv,
                            "[1,]"sv,
                            "[,1]"sv,
                            "[,]"sv,
                            "[1,,2]"sv,
                            "[1 2]"sv,
                            "[1}"sv,
                            "[1"sv,
                            "[1,"sv,
                            "{\"a\"}"sv,
                            "{\"a\":}"sv,
                            "{\"a\":1,}"sv,
                            "{,}"sv,
                            "{\"a\":1 \"b\":2}"sv,
                            "{\"a\",1}"sv,
                            "{a:1}"sv,
                            "{1:1}"sv,
                            "{null:1}"sv,
                            "{\"a\":1]"sv,
                            "{\"a\"::1}"sv,
                            "{} {}"sv,
                            "[]]"sv,
                            "1 2"sv,
                            "nul"sv,
                            "nulll"sv,
                            "Null"sv,
                            "TRUE"sv,
                            "truefalse"sv,
                            "undefined"sv,
                            "// a\n1"sv,
                            "/* a */ 1"sv,
                            "# a\n1"sv,
                            "1,5"sv,
                            "1;"sv,
                            "\v1"sv,
                            "\f1"sv,
                            "\xc2\xa0"
                            "1"sv,
                            "{}\0"sv,
                            "\0"sv,
                            "1\0"sv}) {
        CAPTURE(text);
        CHECK(refused(text));
    }
}

TEST_CASE("of members with the same key the last one counts") {
    CHECK(parse_json(R"({"a": [1, 2], "b": 0, "a": {"c": 3, "c": 4}, "\u0061": [5]})").value().dump() ==
          R"({"a":[5],"b":0})");
}

TEST_CASE("a description that ends early is refused, at each byte") {
    std::string const text = R"({
  "boltz_version": "0.1.0",
  "format": "boltz-model",
  "format_version": 1,
  "layers": [
    {
      "parts": [
        {
          "size": 2,
          "unit": "bernoulli"
        }
      ],
      "size": 2,
      "unit": "joint"
    }
  ],
  "model": "DBM",
  "value_type": "float32"
})";
    REQUIRE_FALSE(refused(text));
    CHECK(parse_json(text).value().dump(2) == text);
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        // A copy of its own, so that a sanitizer sees a step beyond the end.
        std::vector<char> const start(text.data(), text.data() + size);
        CHECK(refused({start.data(), size}));
    }
}

TEST_CASE("a text is read down to the depth that is allowed and no deeper") {
    std::size_t const deepest = boltz::detail::deepest_json;
    for (std::string const inner : {"1", "\"x\"", "null", ""}) {
        CHECK(parse_json(nested(deepest, "[", inner, "]")).value().dump() == nested(deepest, "[", inner, "]"));
        CHECK(refused(nested(deepest + 1, "[", inner, "]")));
    }
    CHECK_FALSE(refused(nested(deepest, "{\"a\":", "1", "}")));
    CHECK(refused(nested(deepest + 1, "{\"a\":", "1", "}")));
    CHECK(refused(nested(80000, "[", "1", "]")));
    CHECK(refused("{\"a\": 1, \"b\": " + nested(80000, "{\"c\":", "1", "}") + ", \"d\": 2}"));
    CHECK(refused(nested(80000, "[", "", "")));
    // What lies beside each other, and brackets in strings, have no depth.
    CHECK_FALSE(refused("[" + nested(100, "[],", "1", "") + "]"));
    std::string const brackets(100, '[');
    CHECK_FALSE(refused("{\"" + brackets + "\": [\"" + brackets + "\\\"" + brackets + "\"]}"));
}

TEST_CASE("a text of very many objects is read, and one that is longer than any description is not") {
    std::size_t const longest = boltz::detail::longest_json;
    std::size_t const count = longest / 3 - 2;
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) text += "{},";
    CHECK(parse_json(text + "1]").value().array().size() == count + 1);
    CHECK(refused(text));
    CHECK(parse_json('[' + std::string(longest - 3, ' ') + "1]").value().array().size() == 1);
    CHECK(refused('[' + std::string(longest - 2, ' ') + "1]"));
    CHECK(parse_json('[' + std::string(longest - 2, '1') + ']') == std::nullopt);
}

} // namespace test_json_reader
