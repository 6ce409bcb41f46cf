// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/paint.hpp>

#include "support/catch.hpp"

#include <array>
#include <vector>

using boltz::report::Image;

TEST_CASE("enlarging turns each pixel into a square", "[report][image]") {
    Image const image{2, 2, 1, {1, 2, 3, 4}};
    auto const large = boltz::report::enlarge(image, 2);
    CHECK(large == Image{4, 4, 1, {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}});
    CHECK(boltz::report::enlarge(image, 1) == image);
    Image const colored{1, 1, 3, {7, 8, 9}};
    CHECK(boltz::report::enlarge(colored, 2).pixels == std::vector<std::uint8_t>{7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9});
    CHECK_THROWS_AS(boltz::report::enlarge(image, 0), boltz::ValueError);
}

TEST_CASE("pictures beside and below each other keep their pixels", "[report][image]") {
    Image const a{1, 2, 1, {1, 2}};
    Image const b{2, 1, 1, {3, 4}};
    CHECK(boltz::report::beside({a, b}) == Image{3, 2, 1, {1, 3, 4, 2, 255, 255}});
    CHECK(boltz::report::beside({a, b}, {.gap = 1, .level = 9, .alignment = boltz::report::Alignment::end}) ==
          Image{4, 2, 1, {1, 9, 9, 9, 2, 9, 3, 4}});
    CHECK(boltz::report::stack({a, b}) == Image{2, 3, 1, {1, 255, 2, 255, 3, 4}});
    CHECK(boltz::report::stack({a, b, a}, {.gap = 1, .level = 0}) ==
          Image{2, 7, 1, {1, 0, 2, 0, 0, 0, 3, 4, 0, 0, 1, 0, 2, 0}});
    CHECK(boltz::report::stack({Image::grey(1, 1, 5), Image::grey(3, 1, 6)},
                               {.level = 0, .alignment = boltz::report::Alignment::center}) ==
          Image{3, 2, 1, {0, 5, 0, 6, 6, 6}});
    CHECK_THROWS_AS(boltz::report::stack(std::vector<Image>{}), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::beside({a, Image{}}), boltz::ShapeError);
}

TEST_CASE("grey pictures become coloured beside a coloured one", "[report][image]") {
    auto const joined = boltz::report::beside({Image::grey(1, 1, 50), Image::colored(1, 1, {1, 2, 3})});
    CHECK(joined == Image{2, 1, 3, {50, 50, 50, 1, 2, 3}});
    CHECK(boltz::report::in_color(boltz::report::in_color(Image::grey(1, 1, 4))) == Image{1, 1, 3, {4, 4, 4}});
}

TEST_CASE("a margin surrounds the picture", "[report][image]") {
    CHECK(boltz::report::with_margin(Image::grey(1, 1, 5), 1, 7) == Image{3, 3, 1, {7, 7, 7, 7, 5, 7, 7, 7, 7}});
}

TEST_CASE("pictures that are not whole are refused", "[report][image]") {
    CHECK_THROWS_AS((Image{2, 2, 1, {1, 2, 3}}.validate("test")), boltz::ShapeError);
    CHECK_THROWS_AS((Image{1, 1, 2, {1, 2}}.validate("test")), boltz::ShapeError);
    CHECK_THROWS_AS((Image{0, 1, 1, {}}.validate("test")), boltz::ShapeError);
    CHECK_THROWS_AS((Image{std::size_t{1} << 40, std::size_t{1} << 40, 1, {}}.validate("test")), boltz::ShapeError);
}

TEST_CASE("a line covers as much of each pixel as its width says", "[report][paint]") {
    auto image = Image::grey(20, 9, 0);
    boltz::report::draw_line(image, {{3, 4.5f}, {17, 4.5f}}, 3, boltz::report::white);
    for (std::size_t x = 4; x < 16; ++x) {
        double sum = 0;
        for (std::size_t y = 0; y < 9; ++y) sum += image.at(x, y)[0] / 255.0;
        CHECK(sum == Approx(3).margin(0.02));
        CHECK(image.at(x, 4)[0] == 255);
        CHECK(image.at(x, 0)[0] == 0);
    }
}

TEST_CASE("lines may leave the picture, and crossing lines paint no pixel twice", "[report][paint]") {
    auto image = Image::grey(9, 9, 255);
    boltz::report::draw_line(image, {{-1000, 4.5f}, {1000, 4.5f}}, 1, boltz::report::black);
    boltz::report::draw_line(image, {{-50, -50}, {-40, -40}}, 5, boltz::report::black);
    boltz::report::draw_lines(image, {}, 1, boltz::report::black);
    CHECK(image.at(0, 4)[0] == 0);
    CHECK(image.at(8, 4)[0] == 0);
    CHECK(image.at(4, 0)[0] == 255);

    auto cross = Image::grey(9, 9, 255);
    std::array<boltz::report::Polyline, 2> const lines{{{{0, 5}, {9, 5}}, {{0, 5}, {9, 5}}}};
    boltz::report::draw_lines(cross, lines, 1, boltz::report::black);
    auto once = Image::grey(9, 9, 255);
    boltz::report::draw_line(once, lines[0], 1, boltz::report::black);
    CHECK(cross == once);
}

TEST_CASE("rectangles are cut off at the edges", "[report][paint]") {
    auto image = Image::colored(3, 2, boltz::report::white);
    boltz::report::fill_rectangle(image, 1, 1, 100, 100, {1, 2, 3});
    boltz::report::fill_rectangle(image, 5, 5, 1, 1, boltz::report::black);
    CHECK(image.pixels ==
          std::vector<std::uint8_t>{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 1, 2, 3});
}
