// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/report/plot.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace test_plot {

namespace {

std::size_t pixels_of(boltz::report::Image const& image, boltz::report::Color color) {
    std::size_t count = 0;
    for (std::size_t y = 0; y < image.height; ++y) {
        for (std::size_t x = 0; x < image.width; ++x) {
            auto const pixel = image.at(x, y);
            count += pixel[0] == color.red && pixel[1] == color.green && pixel[2] == color.blue;
        }
    }
    return count;
}

// Ticks over low .. high.
std::vector<double> ticks(double low, double high, boltz::report::Scale scale = boltz::report::Scale::linear) {
    return boltz::report::detail::make_axis(low, high, scale, 6, boltz::report::detail::Fit::to_ticks).ticks;
}

} // namespace

TEST_CASE("a chart has the size that was asked for and shows every curve in its colour", "[report][plot]") {
    std::vector<boltz::report::Curve> curves;
    for (int k = 0; k < 3; ++k) curves.push_back({"curve", {}, {1.0 + k, 2.0 + k, 1.5 + k}});
    auto const image = boltz::report::plot_curves(curves, {.title = "title", .x_label = "epoch", .y_label = "error"});
    CHECK(image.width == 960);
    CHECK(image.height == 640);
    for (std::size_t k = 0; k < 3; ++k) CHECK(pixels_of(image, boltz::report::curve_colors[k]) > 500);
    CHECK(pixels_of(image, boltz::report::curve_colors[3]) == 0);
    auto const small = boltz::report::plot_curves(curves, {.width = 240, .height = 160, .pixels_per_unit = 1});
    CHECK(small.width == 240);
    CHECK(small.height == 160);
}

TEST_CASE("ticks stand at round numbers and span the data", "[report][plot]") {
    CHECK(ticks(0.3, 9.7) == std::vector<double>{0, 2, 4, 6, 8, 10});
    CHECK(ticks(-1, 1).front() == -1);
    CHECK(ticks(-1, 1).back() == 1);
    for (double const scale : {1e-12, 1e-3, 1.0, 37.0, 1e9}) {
        for (double const low : {-1.0, 0.0, 0.9}) {
            auto const marks = ticks(low * scale, 1.1 * scale);
            CAPTURE(scale, low);
            CHECK(marks.size() >= 3);
            CHECK(marks.size() <= 9);
            CHECK(marks.front() <= low * scale + 1e-6 * scale);
            CHECK(marks.back() >= 1.1 * scale - 1e-6 * scale);
        }
    }
    auto const decades = ticks(0.002, 50, boltz::report::Scale::logarithmic);
    REQUIRE(decades.size() >= 4);
    CHECK(decades.front() == Approx(0.001));
    CHECK(decades.back() == Approx(100));
    CHECK(ticks(5, 5).size() >= 3);
    CHECK(ticks(0, 0).size() >= 3);
}

TEST_CASE("whole abscissae have whole ticks", "[report][plot]") {
    auto const axis =
        boltz::report::detail::make_axis(1, 3, boltz::report::Scale::linear, 8, boltz::report::detail::Fit::tight, 1);
    CHECK(axis.ticks == std::vector<double>{1, 2, 3});
}

TEST_CASE("numbers on ticks are short", "[report][plot]") {
    CHECK(boltz::report::detail::tick_label(0) == "0");
    CHECK(boltz::report::detail::tick_label(-0.25) == "-0.25");
    CHECK(boltz::report::detail::tick_label(3 * 0.1) == "0.3");
    CHECK(boltz::report::detail::tick_label(60000) == "60000");
    CHECK(boltz::report::detail::tick_label(2e7) == "2e+07");
}

TEST_CASE("charts of nothing, of one point and of broken curves are drawn", "[report][plot]") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(boltz::report::plot_curves({}).width == 960);
    auto const point = boltz::report::plot_curves({{"one", {}, {2.0}}});
    CHECK(pixels_of(point, boltz::report::curve_colors[0]) > 20);
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {nan, nan}}}));
    auto const broken = boltz::report::plot_curves({{"", {}, {1, 1, nan, 1, 1}}});
    auto const whole = boltz::report::plot_curves({{"", {}, {1, 1, 1, 1, 1}}});
    CHECK(pixels_of(broken, boltz::report::curve_colors[0]) < pixels_of(whole, boltz::report::curve_colors[0]));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {nan, 1, infinity}, {1, infinity, 2}}}));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {0, -1, 1e-300, 1e300}}},
                                             {.y_scale = boltz::report::Scale::logarithmic}));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {-1e308, 1e308}}}));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {1, 1 + 1e-15}}}));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {1e-310, 2e-310}}}));
    CHECK_NOTHROW(boltz::report::plot_curves({{"", {}, {0, -2}}}, {.y_scale = boltz::report::Scale::logarithmic}));
}

TEST_CASE("a long legend takes several lines", "[report][plot]") {
    std::vector<boltz::report::Curve> const curves(9, {"a curve with a long name", {}, {1, 2}});
    CHECK_NOTHROW(boltz::report::plot_curves(curves));
    CHECK_THROWS_AS(boltz::report::plot_curves(curves, {.width = 200, .height = 100}), boltz::ShapeError);
}

TEST_CASE("curves and charts that make no sense are refused", "[report][plot]") {
    CHECK_THROWS_AS(boltz::report::plot_curves({{"", {1, 2}, {1, 2, 3}}}), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::plot_curves({}, {.width = 10}), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::report::plot_curves({}, {.pixels_per_unit = 0}), boltz::ValueError);
}

} // namespace test_plot
