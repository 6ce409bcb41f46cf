// SPDX-License-Identifier: MIT
#include <boltz/report/text.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace test_text {

namespace {

boltz::report::Image drawn(std::string const& text, double height = 18) {
    auto image = boltz::report::Image::grey(60, 60);
    boltz::report::draw_text(image, text, {10, 40}, {.height = height});
    return image;
}

} // namespace

TEST_CASE("every printable character has a picture of its own", "[report][text]") {
    std::set<std::string> pictures;
    for (char character = '!'; character <= '~'; ++character) {
        auto const image = drawn(std::string(1, character));
        CAPTURE(character);
        CHECK(std::count_if(image.pixels.begin(), image.pixels.end(), [](auto level) { return level < 128; }) > 3);
        CHECK(pictures.emplace(image.pixels.begin(), image.pixels.end()).second);
    }
    CHECK(drawn(" ") == boltz::report::Image::grey(60, 60));
    CHECK(drawn("\n") == drawn("?"));
    CHECK(drawn("\xc3") == drawn("?"));
}

TEST_CASE("a text is as wide as it says, and as high", "[report][text]") {
    for (char character = '!'; character <= '~'; ++character) {
        auto const image = drawn(std::string(1, character));
        double const right = 10 + boltz::report::text_width(std::string(1, character), 18) + 2;
        CAPTURE(character);
        for (std::size_t y = 0; y < 60; ++y) {
            for (std::size_t x = 0; x < 60; ++x) {
                bool const inside = x >= 8 && static_cast<double>(x) <= right && y >= 20 && y <= 48;
                if (!inside) REQUIRE(image.at(x, y)[0] == 255);
            }
        }
    }
    CHECK(boltz::report::text_width("", 9) == 0);
    CHECK(boltz::report::text_width("AA", 18) > 2 * boltz::report::text_width("A", 18));
    CHECK(boltz::report::text_width("784", 18) == Approx(2 * boltz::report::text_width("784", 9)));
}

TEST_CASE("a text that runs upwards is the other one turned", "[report][text]") {
    auto across = boltz::report::Image::grey(50, 50);
    auto upwards = across;
    boltz::report::draw_text(across, "Rb", {10, 30}, {.height = 12});
    boltz::report::draw_text(upwards, "Rb", {30, 40}, {.height = 12, .writing = boltz::report::Writing::upwards});
    for (std::size_t y = 0; y < 50; ++y)
        for (std::size_t x = 0; x < 50; ++x) CHECK(std::abs(across.at(x, y)[0] - upwards.at(y, 49 - x)[0]) <= 1);
}

TEST_CASE("a text outside of the picture is cut off", "[report][text]") {
    auto image = boltz::report::Image::grey(5, 5);
    boltz::report::draw_text(image, "far too long for this", {-20, 3});
    boltz::report::draw_text(image, "elsewhere", {100, 100});
    boltz::report::draw_text(image, "", {0, 0});
    CHECK(image.pixels.size() == 25);
}

} // namespace test_text
