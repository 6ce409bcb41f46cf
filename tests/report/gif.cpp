// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/report/gif.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <gif_lib.h>

#include <vector>

namespace test_gif {

using namespace boltz_test;

namespace {

// A GIF file as giflib reads it.
class Reader {
  public:
    explicit Reader(std::filesystem::path const& path) {
        int error = 0;
        gif = DGifOpenFileName(path.c_str(), &error);
        REQUIRE(gif != nullptr);
        REQUIRE(DGifSlurp(gif) == GIF_OK);
    }
    Reader(Reader const&) = delete;
    Reader& operator=(Reader const&) = delete;
    ~Reader() {
        int error = 0;
        DGifCloseFile(gif, &error);
    }

    std::vector<std::uint8_t> pixels(int frame) const {
        auto const& image = gif->SavedImages[frame];
        std::vector<std::uint8_t> result;
        for (int i = 0; i < image.ImageDesc.Width * image.ImageDesc.Height; ++i)
            result.push_back(gif->SColorMap->Colors[image.RasterBits[i]].Red);
        return result;
    }
    int delay(int frame) const {
        GraphicsControlBlock control{};
        REQUIRE(DGifSavedExtensionToGCB(gif, frame, &control) == GIF_OK);
        return control.DelayTime;
    }

    GifFileType* gif = nullptr;
};

std::vector<boltz::report::Image> frames(std::size_t count) {
    std::vector<boltz::report::Image> result;
    for (std::size_t k = 0; k < count; ++k) {
        auto image = boltz::report::Image::grey(17, 16);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = static_cast<std::uint8_t>((i + 11 * k) % 256);
        result.push_back(std::move(image));
    }
    return result;
}

} // namespace

TEST_CASE("every frame of a GIF file reads back pixel for pixel", "[report][gif]") {
    TemporaryFolder const folder;
    auto const pictures = frames(5);
    boltz::report::write_gif(folder / "file.gif", pictures, {.delay = 0.25, .last_delay = 3});
    Reader const reader{folder / "file.gif"};
    REQUIRE(reader.gif->ImageCount == 5);
    CHECK(reader.gif->SWidth == 17);
    CHECK(reader.gif->SHeight == 16);
    for (int k = 0; k < 5; ++k) {
        CHECK(reader.pixels(k) == pictures[static_cast<std::size_t>(k)].pixels);
        CHECK(reader.delay(k) == (k == 4 ? 300 : 25));
    }
    auto const contents = contents_of(folder / "file.gif");
    CHECK(contents.starts_with("GIF89a"));
    CHECK(contents.find("NETSCAPE2.0") != std::string::npos);
    CHECK(folder.count() == 1);
}

TEST_CASE("fewer bits keep the nearest levels of grey", "[report][gif]") {
    TemporaryFolder const folder;
    auto const pictures = frames(1);
    for (int bits = 1; bits <= 8; ++bits) {
        boltz::report::write_gif(folder / "file.gif", pictures, {.bits = bits});
        Reader const reader{folder / "file.gif"};
        auto const back = reader.pixels(0);
        double const step = 255.0 / ((1 << bits) - 1);
        for (std::size_t i = 0; i < back.size(); ++i)
            CHECK(std::abs(back[i] - pictures[0].pixels[i]) <= step / 2 + 1);
    }
}

TEST_CASE("frames that make no film are refused, and the old file stays", "[report][gif]") {
    TemporaryFolder const folder;
    put(folder / "file.gif", "old");
    auto const refused = [&](std::vector<boltz::report::Image> const& pictures,
                             boltz::report::GifOptions const& options = {}) {
        return message_of<boltz::Error>([&] { boltz::report::write_gif(folder / "file.gif", pictures, options); });
    };
    CHECK_FALSE(refused({}).empty());
    CHECK_FALSE(refused({boltz::report::Image::grey(2, 2), boltz::report::Image::grey(2, 3)}).empty());
    CHECK_FALSE(refused({boltz::report::Image::colored(2, 2)}).empty());
    CHECK_FALSE(refused(frames(1), {.delay = -1}).empty());
    CHECK_FALSE(refused(frames(1), {.last_delay = 1000}).empty());
    CHECK_FALSE(refused(frames(1), {.bits = 9}).empty());
    CHECK(contents_of(folder / "file.gif") == "old");
    CHECK_THROWS_AS(boltz::report::write_gif(folder.path(), frames(1)), boltz::FileError);
    CHECK(folder.count() == 1);
}

} // namespace test_gif
