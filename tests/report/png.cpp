// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/report/png.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace test_png {

using namespace boltz_test;

namespace {

boltz::report::Image pattern(std::size_t width, std::size_t height, std::size_t channels) {
    boltz::report::Image image{width, height, channels, std::vector<std::uint8_t>(width * height * channels)};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 37 % 256);
    return image;
}

} // namespace

TEST_CASE("a PNG file reads back pixel for pixel", "[report][png]") {
    TemporaryFolder const folder;
    for (std::size_t const channels : {1u, 3u}) {
        for (auto const& [width, height] : {std::pair{1u, 1u}, {7u, 3u}, {256u, 5u}, {300u, 200u}}) {
            auto const image = pattern(width, height, channels);
            boltz::report::write_png(folder / "file.png", image);
            CHECK(boltz::report::read_png(folder / "file.png") == image);
        }
    }
    CHECK(folder.count() == 1);
}

TEST_CASE("a PNG file cut short in its picture and a foreign file are refused", "[report][png]") {
    TemporaryFolder const folder;
    boltz::report::write_png(folder / "whole.png", pattern(20, 20, 3));
    auto const whole = contents_of(folder / "whole.png");
    // The last 12 bytes are an end mark without contents, which readers do not need.
    for (std::size_t size = 0; size + 16 < whole.size(); ++size) {
        put(folder / "file.png", std::string_view{whole}.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(boltz::report::read_png(folder / "file.png"), boltz::FormatError);
    }
    put(folder / "file.png", "GIF89a and so on");
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::report::read_png(folder / "file.png"); });
    CHECK(message.find("file.png") != std::string::npos);
}

TEST_CASE("a PNG file that cannot be written is refused, and so is no picture", "[report][png]") {
    TemporaryFolder const folder;
    CHECK_THROWS_AS(boltz::report::write_png(folder.path(), pattern(2, 2, 1)), boltz::FileError);
    CHECK_THROWS_AS(boltz::report::write_png(folder / "no/folder.png", pattern(2, 2, 1)), boltz::FileError);
    CHECK_THROWS_AS(boltz::report::write_png(folder / "file.png", {}), boltz::ShapeError);
    CHECK(folder.count() == 0);
}

} // namespace test_png
