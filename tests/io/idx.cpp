// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/io/idx.hpp>

#include "support/catch.hpp"
#include "support/gzipped.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace test_idx {

using namespace boltz_test;

namespace {

boltz::IdxBytes array_of(std::vector<std::size_t> shape) {
    boltz::IdxBytes array{std::move(shape), {}};
    std::size_t size = 1;
    for (auto const extent : array.shape) size *= extent;
    array.bytes.resize(size);
    std::iota(array.bytes.begin(), array.bytes.end(), std::uint8_t{3});
    return array;
}

std::string header(std::string_view magic, std::vector<std::uint32_t> const& extents) {
    std::string text{magic};
    for (auto const extent : extents)
        for (unsigned shift = 32; shift > 0; shift -= 8) text += static_cast<char>(extent >> (shift - 8) & 0xff);
    return text;
}

using namespace std::string_view_literals;

void write_mnist(TemporaryFolder const& folder, std::size_t train, std::size_t train_labels, std::size_t test_side) {
    boltz::write_idx(folder / "train-images-idx3-ubyte", array_of({train, 4, 4}));
    boltz::write_idx(folder / "train-labels-idx1-ubyte", array_of({train_labels}));
    boltz::write_idx(folder / "t10k-images-idx3-ubyte", array_of({2, test_side, 4}));
    boltz::write_idx(folder / "t10k-labels-idx1-ubyte", array_of({2}));
}

} // namespace

TEST_CASE("an IDX file that was written reads back, plain and gzipped", "[io][idx]") {
    TemporaryFolder const folder;
    for (auto const& shape :
         std::vector<std::vector<std::size_t>>{{5}, {2, 3}, {4, 3, 2}, {0}, {3, 0, 2}, {1, 1, 1, 300}}) {
        auto const array = array_of(shape);
        boltz::write_idx(folder / "plain", array);
        put(folder / "zipped.gz", gzipped(contents_of(folder / "plain")));
        for (auto const* name : {"plain", "zipped", "zipped.gz"}) {
            auto const back = boltz::read_idx(folder / name);
            CHECK(back.shape == array.shape);
            CHECK(back.bytes == array.bytes);
        }
    }
}

TEST_CASE("the bytes of an IDX file are those of the format", "[io][idx]") {
    TemporaryFolder const folder;
    boltz::write_idx(folder / "file", {{2, 1}, {7, 9}});
    CHECK(contents_of(folder / "file") == "\0\0\x08\x02\0\0\0\x02\0\0\0\x01\x07\x09"sv);
}

TEST_CASE("an IDX file cut short or prolonged anywhere is refused", "[io][idx]") {
    TemporaryFolder const folder;
    boltz::write_idx(folder / "whole", array_of({2, 3, 2}));
    auto const whole = contents_of(folder / "whole");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        put(folder / "file", std::string_view{whole}.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(boltz::read_idx(folder / "file"), boltz::FormatError);
    }
    put(folder / "file", whole + "x");
    CHECK_THROWS_AS(boltz::read_idx(folder / "file"), boltz::FormatError);
}

TEST_CASE("foreign and lying IDX files are refused before memory is taken", "[io][idx]") {
    TemporaryFolder const folder;
    auto const refusal = [&](std::string const& contents) {
        put(folder / "file", contents);
        return message_of<boltz::FormatError>([&] { (void)boltz::read_idx(folder / "file"); });
    };
    CHECK(refusal("\x89PNG and so on").find("begins with bytes 137, 80") != std::string::npos);
    CHECK(refusal(header("\0\0\x0d\x01"sv, {1}) + "abcd").find("type 13") != std::string::npos);
    CHECK(refusal(header("\0\0\x08\0"sv, {})).find("rank 0") != std::string::npos);
    CHECK(refusal(header("\0\0\x08\x03"sv, {1, 2})).find("rank 3") != std::string::npos);
    auto const lie = refusal(header("\0\0\x08\x03"sv, {4000000000u, 28, 28}) + "abc");
    CHECK(lie.find("3 bytes after its header") != std::string::npos);
    CHECK(lie.find("4000000000 x 28 x 28") != std::string::npos);
    // The product is 2^64 and would wrap around to 0.
    CHECK_FALSE(refusal(header("\0\0\x08\x03"sv, {1u << 31, 1u << 31, 4})).empty());
}

TEST_CASE("a missing IDX file names both places that were tried", "[io][idx]") {
    TemporaryFolder const folder;
    auto const message = message_of<boltz::FileError>([&] { (void)boltz::read_idx(folder / "images"); });
    CHECK(message.find((folder / "images").string()) != std::string::npos);
    CHECK(message.find("images.gz") != std::string::npos);
}

TEST_CASE("an array that is not whole cannot be written as IDX", "[io][idx]") {
    TemporaryFolder const folder;
    CHECK_THROWS_AS(boltz::write_idx(folder / "file", {{2, 3}, {1, 2, 3}}), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::write_idx(folder / "file", {{}, {}}), boltz::ShapeError);
    CHECK_THROWS_AS(boltz::write_idx(folder / "file", {{std::size_t{1} << 32}, {}}), boltz::ShapeError);
    CHECK(folder.count() == 0);
}

TEST_CASE("a folder of four IDX files is read as training and test images", "[io][idx]") {
    TemporaryFolder const folder;
    write_mnist(folder, 5, 5, 4);
    auto const [train, test] = boltz::read_mnist(folder.path());
    CHECK(train.count == 5);
    CHECK(train.pixels() == 16);
    CHECK(train.image(1)[0] == 3 + 16);
    CHECK(train.labels == std::vector<std::uint8_t>{3, 4, 5, 6, 7});
    CHECK(test.count == 2);

    auto const part = train.part(1, 2);
    CHECK(part.count == 2);
    CHECK(part.labels == std::vector<std::uint8_t>{4, 5});
    CHECK(part.image(0)[0] == train.image(1)[0]);
    CHECK(part.images.size() == 32);
    CHECK_THROWS_AS(train.part(4, 2), boltz::ValueError);
    CHECK_THROWS_AS(train.part(6, 0), boltz::ValueError);
}

TEST_CASE("both halves of MNIST have one byte scale", "[io][idx]") {
    TemporaryFolder const folder;
    auto const write = [&](std::vector<std::uint8_t> const& train, std::vector<std::uint8_t> const& test) {
        boltz::write_idx(folder / "train-images-idx3-ubyte", {{1, 1, 2}, train});
        boltz::write_idx(folder / "train-labels-idx1-ubyte", {{1}, {0}});
        boltz::write_idx(folder / "t10k-images-idx3-ubyte", {{1, 1, 2}, test});
        boltz::write_idx(folder / "t10k-labels-idx1-ubyte", {{1}, {0}});
    };
    for (auto const& [train, test, factor] :
         {std::tuple{std::vector<std::uint8_t>{0, 1}, std::vector<std::uint8_t>{1, 1}, 1.0},
          {{0, 255}, {0, 9}, 1.0 / 255},
          {{0, 255}, {0, 0}, 1.0 / 255}, // blank images fit either
          {{0, 0}, {0, 1}, 1.0}}) {
        write(train, test);
        auto const mnist = boltz::read_mnist(folder.path());
        REQUIRE(mnist.train.scale);
        CHECK(mnist.train.scale->factor() == factor);
        CHECK(mnist.test.scale == mnist.train.scale);
    }
    write({0, 1}, {0, 200});
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::read_mnist(folder.path()); });
    CHECK(message.find("up to 1, ") != std::string::npos);
    CHECK(message.find("up to 200") != std::string::npos);
    CHECK(message.find(folder.path().string()) != std::string::npos);
}

TEST_CASE("images and labels of different length are refused, naming both", "[io][idx]") {
    TemporaryFolder const folder;
    write_mnist(folder, 5, 6, 4);
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::read_mnist(folder.path()); });
    CHECK(message.find("train-images-idx3-ubyte has 5 images") != std::string::npos);
    CHECK(message.find("train-labels-idx1-ubyte has 6 labels") != std::string::npos);
}

TEST_CASE("images and labels of the wrong rank or of different sizes are refused", "[io][idx]") {
    TemporaryFolder const folder;
    write_mnist(folder, 5, 5, 3);
    CHECK_THROWS_AS(boltz::read_mnist(folder.path()), boltz::FormatError);
    boltz::write_idx(folder / "train-labels-idx1-ubyte", array_of({5, 1}));
    CHECK_THROWS_AS(boltz::read_mnist(folder.path()), boltz::FormatError);
    write_mnist(folder, 5, 5, 4);
    boltz::write_idx(folder / "train-images-idx3-ubyte", array_of({5, 16}));
    CHECK_THROWS_AS(boltz::read_mnist(folder.path()), boltz::FormatError);
}

TEST_CASE("the real MNIST files are as published", "[io][idx]") {
    char const* const folder = std::getenv("BOLTZ_DATA_DIR");
    auto const path = std::filesystem::path{folder == nullptr ? "" : folder} / "mnist";
    if (folder == nullptr || !std::filesystem::exists(path)) {
        WARN("skipped: BOLTZ_DATA_DIR names no folder with mnist");
        return;
    }
    auto const [train, test] = boltz::read_mnist(path);
    CHECK(train.count == 60000);
    CHECK(test.count == 10000);
    CHECK(train.height == 28);
    CHECK(train.width == 28);
    // The published classes of the first training images.
    CHECK(train.part(0, 10).labels == std::vector<std::uint8_t>{5, 0, 4, 1, 9, 2, 1, 3, 1, 4});
    double const sum = std::accumulate(train.images.begin(), train.images.end(), 0.0);
    CHECK(sum / (60000.0 * 784 * 255) == Approx(0.1306604762738429).epsilon(1e-12));
}

} // namespace test_idx
