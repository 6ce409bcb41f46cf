// SPDX-License-Identifier: MIT
#include <boltz/io/json.hpp>

#include "support/catch.hpp"

#include <string>

namespace test_json {

using boltz::detail::excerpt;
using boltz::detail::parse_json;

TEST_CASE("a JSON text is read down to the depth that is allowed and no deeper") {
    auto const nested = [](std::size_t depth, std::string const& open, std::string const& inner,
                           std::string const& close) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i) text += open;
        text += inner;
        for (std::size_t i = 0; i < depth; ++i) text += close;
        return text;
    };
    auto const deepest = static_cast<std::size_t>(boltz::detail::deepest_json);
    for (std::string const inner : {"1", "\"x\"", "null"}) {
        CHECK_FALSE(parse_json(nested(deepest, "[", inner, "]")).is_discarded());
        CHECK_FALSE(parse_json(nested(deepest, "{\"a\":", inner, "}")).is_discarded());
        CHECK(parse_json(nested(deepest, "[", inner, "]")).dump() == nested(deepest, "[", inner, "]"));
        CHECK(parse_json(nested(deepest + 1, "[", inner, "]")).is_discarded());
        CHECK(parse_json(nested(deepest + 1, "{\"a\":", inner, "}")).is_discarded());
    }
    CHECK(parse_json(nested(80000, "[", "1", "]")).is_discarded());
    CHECK(parse_json("{\"a\": 1, \"b\": " + nested(80000, "{\"c\":", "1", "}") + ", \"d\": 2}").is_discarded());
    CHECK(parse_json(nested(80000, "[", "", "")).is_discarded());
    for (std::string const text : {"", "{", "[1,]", "1 2"}) CHECK(parse_json(text).is_discarded());
    CHECK(parse_json("{\"a\": [1, {\"b\": null}], \"c\": 2.5}") ==
          nlohmann::json{{"a", {1, {{"b", nullptr}}}}, {"c", 2.5}});
}

TEST_CASE("brackets in the words of a JSON text have no depth") {
    for (std::string const word : {"[[", "\\\"[[", "\\\\", "]]", "\\u005b"}) {
        CHECK(boltz::detail::json_depth("{\"" + word + "\": [\"" + word + "\"]}") == 2);
        CHECK(parse_json("{\"" + word + "\": [\"" + word + "\"]}").size() == 1);
    }
    CHECK(boltz::detail::json_depth("[[], [[]], \"") == 3);
    CHECK(boltz::detail::json_depth("]]][") == 0);
}

TEST_CASE("a JSON text of very many objects is read, and one that is longer than any description is not") {
    // With a callback of the parser minutes, as their square.
    std::size_t const count = boltz::detail::longest_json / 3 - 2;
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) text += "{},";
    CHECK(parse_json(text + "1]").size() == count + 1);
    CHECK(parse_json(text).is_discarded());
    CHECK(parse_json('[' + std::string(boltz::detail::longest_json - 3, ' ') + "1]").size() == 1);
    CHECK(parse_json('[' + std::string(boltz::detail::longest_json - 2, ' ') + "1]").is_discarded());
}

TEST_CASE("what messages quote is short and printable") {
    CHECK(excerpt(std::string{"bernoulli"}) == "bernoulli");
    CHECK(excerpt(nlohmann::json{{"a", 1}}) == "{\"a\":1}");
    CHECK(excerpt(std::string(60, 'x')) == std::string(60, 'x'));
    CHECK(excerpt(std::string(100000, 'x')) == std::string(60, 'x') + "...");
    CHECK(excerpt(nlohmann::json(std::string(100000, 'x'))) == '"' + std::string(59, 'x') + "...");
    CHECK(excerpt(std::string{"a\x1b[31m\n\xc3\xa4"}) == "a?[31m???");
}

} // namespace test_json
