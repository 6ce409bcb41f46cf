// SPDX-License-Identifier: MIT
#include <boltz/io/json.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace test_json {

using boltz::Json;
using boltz::detail::excerpt;

TEST_CASE("values of every kind are written, sorted by key, on one line or on many") {
    Json const value = Json::Object{{"text", "a\"b"},
                                    {"none", nullptr},
                                    {"yes", true},
                                    {"no", false},
                                    {"numbers", std::vector<std::size_t>{1, 2}},
                                    {"nested", Json::Array{Json::Object{{"size", 3}}, Json::Array{}, Json::Object{}}},
                                    {"A", -7},
                                    {"real", 2.5}};
    CHECK(value.dump() == R"({"A":-7,"nested":[{"size":3},[],{}],"no":false,"none":null,"numbers":[1,2],)"
                          R"("real":2.5,"text":"a\"b","yes":true})");
    CHECK(value.dump(2) == R"({
  "A": -7,
  "nested": [
    {
      "size": 3
    },
    [],
    {}
  ],
  "no": false,
  "none": null,
  "numbers": [
    1,
    2
  ],
  "real": 2.5,
  "text": "a\"b",
  "yes": true
})");
    CHECK(Json{}.dump() == "null");
    CHECK(Json{std::string_view{"x"}}.dump(2) == R"("x")");
    CHECK(Json{std::vector<std::string>{"a", "b"}}.dump() == R"(["a","b"])");
}

TEST_CASE("whole numbers are written with all digits, real ones with the fewest that give them again") {
    CHECK(Json{std::numeric_limits<std::uint64_t>::max()}.dump() == "18446744073709551615");
    CHECK(Json{std::numeric_limits<std::int64_t>::min()}.dump() == "-9223372036854775808");
    CHECK(Json{0}.dump() == "0");
    for (auto const& [value, text] : {std::pair{0.0, "0.0"},
                                      {-0.0, "-0.0"},
                                      {1.0, "1.0"},
                                      {-12.0, "-12.0"},
                                      {0.1, "0.1"},
                                      {1.0 / 3, "0.3333333333333333"},
                                      {0.0001, "0.0001"},
                                      {-0.00012, "-0.00012"},
                                      {0.00001, "1e-05"},
                                      {2.5e-7, "2.5e-07"},
                                      {123456.789, "123456.789"},
                                      {1e14, "100000000000000.0"},
                                      {999999999999999.9, "999999999999999.9"},
                                      {1e15, "1e+15"},
                                      {-1.5e22, "-1.5e+22"},
                                      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
                                      {-std::numeric_limits<double>::min(), "-2.2250738585072014e-308"},
                                      {std::numeric_limits<double>::denorm_min(), "5e-324"}}) {
        CHECK(Json{value}.dump() == text);
    }
    CHECK(Json{0.1f}.dump() == "0.10000000149011612");
    double const infinity = std::numeric_limits<double>::infinity();
    for (double const value : {infinity, -infinity, std::nan("")}) CHECK(Json{value}.dump() == "null");
}

TEST_CASE("a value can be asked for anything: what is not there is null") {
    Json const value = Json::Object{{"layers", Json::Array{Json::Object{{"size", 3}, {"unit", "spin"}}}}, {"n", -1}};
    CHECK(value["layers"][0]["size"].unsigned_or(0) == 3);
    CHECK(value["layers"][0]["unit"] == "spin");
    for (Json const& missing :
         {value["none"], value["layers"][1], value["layers"]["size"], value[0], value["n"][0]["a"]})
        CHECK(missing.is_null());
    for (Json const& other : {value["n"], value["none"], value["layers"], Json{2.0}, Json{"3"}, Json{true}})
        CHECK(other.unsigned_or(7) == 7);
}

TEST_CASE("a value is what it is and nothing else") {
    std::vector<Json> const values{nullptr, true, 1, -1, 1.5, "1", Json::Array{1}, Json::Object{{"1", 1}}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        CAPTURE(i);
        Json const& value = values[i];
        CHECK(value.is_null() == (i == 0));
        CHECK(value.is_boolean() == (i == 1));
        CHECK(value.is_unsigned() == (i == 2));
        CHECK(value.is_number() == (i >= 2 && i <= 4));
        CHECK(value.is_string() == (i == 5));
        CHECK(value.is_array() == (i == 6));
        CHECK(value.is_object() == (i == 7));
        for (std::size_t j = 0; j < values.size(); ++j) CHECK((value == values[j]) == (i == j));
    }
    CHECK(values[1].boolean());
    CHECK(values[2].unsigned_integer() == 1);
    CHECK(values[2].number() == 1);
    CHECK(values[3].number() == -1);
    CHECK(values[4].number() == 1.5);
    CHECK(values[5].string() == "1");
    CHECK(values[6].array().size() == 1);
    CHECK(values[7].object().at("1") == 1);
    auto const message = [](auto&& ask) { return boltz_test::message_of<boltz::FormatError>(ask); };
    CHECK(message([&] { (void)values[4].boolean(); }) == "boltz: Json: 1.5 is not true or false");
    CHECK(message([&] { (void)values[3].unsigned_integer(); }) == "boltz: Json: -1 is not a whole number from 0");
    CHECK(message([&] { (void)values[5].number(); }) == "boltz: Json: \"1\" is not a number");
    CHECK(message([&] { (void)values[0].string(); }) == "boltz: Json: null is not a string");
    CHECK(message([&] { (void)values[7].array(); }) == "boltz: Json: {\"1\":1} is not an array");
    CHECK(message([&] { (void)values[6].object(); }) == "boltz: Json: [1] is not an object");
}

TEST_CASE("numbers are compared by value, whole ones to the last digit") {
    CHECK(Json{1} == Json{1.0});
    CHECK(Json{1.0} == Json{1u});
    CHECK(Json{-3} == Json{-3.0});
    CHECK(Json{0} == Json{-0.0});
    CHECK(Json{1} != Json{true});
    CHECK(Json{std::int64_t{-1}} != Json{std::numeric_limits<std::uint64_t>::max()});
    CHECK(Json{std::uint64_t{1} << 63} != Json{(std::uint64_t{1} << 63) + 1});
    CHECK(Json{std::nan("")} != Json{std::nan("")});
    CHECK(Json{Json::Array{1, Json::Object{{"a", 2}}}} == Json{Json::Array{1.0, Json::Object{{"a", 2.0}}}});
    CHECK(Json{Json::Array{1, 2}} != Json{Json::Array{1}});
    CHECK(Json{Json::Object{{"a", 1}}} != Json{Json::Object{{"b", 1}}});
}

TEST_CASE("a copy of a value is changed alone") {
    Json const value = Json::Object{{"a", Json::Array{1, 2}}};
    Json copy = value;
    copy.object()["a"].array()[1] = "x";
    copy.object()["b"] = value;
    CHECK(value.dump() == R"({"a":[1,2]})");
    CHECK(copy.dump() == R"({"a":[1,"x"],"b":{"a":[1,2]}})");
}

TEST_CASE("what messages quote is short and printable") {
    CHECK(excerpt(std::string{"bernoulli"}) == "bernoulli");
    CHECK(excerpt(Json{Json::Object{{"a", 1}}}) == "{\"a\":1}");
    CHECK(excerpt(std::string(60, 'x')) == std::string(60, 'x'));
    CHECK(excerpt(std::string(100000, 'x')) == std::string(60, 'x') + "...");
    CHECK(excerpt(Json{std::string(100000, 'x')}) == '"' + std::string(59, 'x') + "...");
    CHECK(excerpt(std::string{"a\x1b[31m\n\xc3\xa4"}) == "a?[31m???");
}

} // namespace test_json
