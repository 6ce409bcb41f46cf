// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/report/tile.hpp>

#include "support/catch.hpp"

#include <limits>
#include <vector>

using boltz::Matrix;
using boltz::report::Contrast;
using boltz::report::Image;

TEMPLATE_TEST_CASE("tiles lie in rows with padding around them", "[report][tile]", float, double) {
    Matrix<TestType> const rows{{0, 1}, {1, 0}, {TestType(0.2), TestType(0.6)}};
    auto const image = boltz::report::tile(rows, 1, 2, 2, {.padding = 1, .border = 9});
    CHECK(image == Image{7, 5, 1, {9, 9,  9,   9, 9,   9, 9, //
                                   9, 0,  255, 9, 255, 0, 9, //
                                   9, 9,  9,   9, 9,   9, 9, //
                                   9, 51, 153, 9, 9,   9, 9, //
                                   9, 9,  9,   9, 9,   9, 9}});
    CHECK(boltz::report::tile(rows, 2, 1, 3, {.padding = 0}) == Image{3, 2, 1, {0, 255, 51, 255, 0, 153}});
    auto const large = boltz::report::tile(rows, 1, 2, 3, {.padding = 1, .factor = 4});
    CHECK(large.width == 3 * 8 + 4);
    CHECK(large.height == 4 + 2);
    CHECK(large.at(8, 4)[0] == 255);
}

TEST_CASE("part of a block with a stride is drawn as it stands", "[report][tile]") {
    Matrix<float> const rows{{9, 0, 1, 9}, {9, 1, 0, 9}};
    boltz::Block<float const> const block{rows};
    CHECK(boltz::report::tile(block.column_range(1, 2).row_range(1, 1), 1, 2, 1, {.padding = 0}) ==
          Image{2, 1, 1, {255, 0}});
}

TEST_CASE("the contrast says what is black and white", "[report][tile]") {
    Matrix<float> const rows{{-1, 0}, {2, 4}};
    auto const levels = [&](boltz::report::TileOptions options) {
        options.padding = 0;
        return boltz::report::tile(rows, 1, 2, 2, options).pixels;
    };
    using Levels = std::vector<std::uint8_t>;
    CHECK(levels({}) == Levels{0, 0, 255, 255});
    CHECK(levels({.low = -1, .high = 4}) == Levels{0, 51, 153, 255});
    CHECK(levels({.contrast = Contrast::whole}) == Levels{0, 51, 153, 255});
    CHECK(levels({.contrast = Contrast::tile}) == Levels{0, 255, 0, 255});
    CHECK(levels({.contrast = Contrast::symmetric}) == Levels{0, 128, 191, 255});
    CHECK(levels({.contrast = Contrast::symmetric_whole}) == Levels{96, 128, 191, 255});
}

TEST_CASE("a tile of equal numbers is mid grey", "[report][tile]") {
    Matrix<float> const zeros{{0, 0}};
    for (auto const contrast : {Contrast::tile, Contrast::whole, Contrast::symmetric, Contrast::symmetric_whole})
        CHECK(boltz::report::tile(zeros, 1, 2, 1, {.contrast = contrast, .padding = 0}).pixels ==
              std::vector<std::uint8_t>{128, 128});
}

TEST_CASE("the filters of hidden units are the columns of the weights", "[report][tile]") {
    Matrix<float> const weights{{1, -2, 0}, {-1, 1, 3}};
    auto const image =
        boltz::report::tile_columns(weights, 1, 2, 2, 1, 2, {.contrast = Contrast::symmetric, .padding = 0});
    CHECK(image == Image{2, 2, 1, {0, 128, 191, 255}});
    CHECK_THROWS_AS(boltz::report::tile_columns(weights, 2, 2, 2, 1, 2), boltz::ShapeError);
}

TEST_CASE("tiles that do not fit or are no numbers are refused", "[report][tile]") {
    Matrix<float> rows{{0, 1, 2}};
    CHECK_THROWS_AS(boltz::report::tile(rows, 1, 2, 1), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::tile(rows, 3, 1, 0), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::tile(boltz::Block<float const>{}, 0, 0, 1), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::tile(rows, 3, 1, 1, {.low = 1, .high = 1}), boltz::ValueError);
    CHECK_THROWS_AS(boltz::report::tile(rows, 3, 1, 1, {.factor = 0}), boltz::ValueError);
    rows(0, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(boltz::report::tile(rows, 3, 1, 1), boltz::ValueError);
}

TEST_CASE("captions surround a picture and leave it as it is", "[report][tile]") {
    auto const picture = Image::grey(60, 40, 77);
    CHECK(boltz::report::captioned(Image::colored(5, 5), {.title = "t"}).channels == 3);
    auto const result =
        boltz::report::captioned(picture, {.title = "Title", .rows = {"a", "long"}, .columns = {"0", "1", "2"}});
    REQUIRE(result.channels == 1);
    std::size_t inside = 0;
    std::size_t ink = 0;
    std::size_t left = result.width;
    std::size_t top = result.height;
    for (std::size_t y = 0; y < result.height; ++y) {
        for (std::size_t x = 0; x < result.width; ++x) {
            if (result.at(x, y)[0] < 40) ++ink;
        }
    }
    // The picture is the last thing on the right and below: its lower right corner is gap pixels away.
    std::size_t const gap = 8;
    left = result.width - gap - 60;
    top = result.height - gap - 40;
    for (std::size_t y = 0; y < 40; ++y)
        for (std::size_t x = 0; x < 60; ++x) inside += result.at(left + x, top + y)[0] == 77;
    CHECK(inside == 60 * 40);
    CHECK(ink > 50);
    CHECK(boltz::report::captioned(picture, {.title = "A title that is much longer than the picture below"}).width >
          300);
    CHECK_THROWS_AS(boltz::report::captioned(Image{}, {}), boltz::ShapeError);
}

TEST_CASE("pictures of more pixels than memory can hold are refused", "[report][tile]") {
    Matrix<float> const rows{{0, 1}, {1, 0}};
    std::size_t const huge = (std::size_t{1} << 63) + 1;
    CHECK_THROWS_AS(boltz::report::tile(rows, 1, 2, 2, {.factor = huge}), boltz::ValueError);
    CHECK_THROWS_AS(boltz::report::tile(rows, 1, 2, 2, {.padding = huge}), boltz::ValueError);
    CHECK_THROWS_AS(boltz::report::tile(rows, 1, 2, 2, {.factor = std::size_t{1} << 32}), boltz::ValueError);
    CHECK_THROWS_AS(Image::colored(huge, 2), boltz::ValueError);
    CHECK_THROWS_AS(Image::grey(huge, 2), boltz::ValueError);
}
