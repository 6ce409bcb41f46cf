// SPDX-License-Identifier: MIT
#include <boltz/io/gzip.hpp>

#include "support/catch.hpp"
#include "support/gzipped.hpp"
#include "support/temporary_folder.hpp"

#include <string>

namespace test_gzip {

using namespace boltz_test;

namespace {

std::string read(std::filesystem::path const& path, std::uint64_t limit = boltz::default_decompressed_limit) {
    auto const bytes = boltz::read_plain_or_gzipped(path, limit);
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

} // namespace

TEST_CASE("plain and gzipped files read the same, whatever their names", "[io][gzip]") {
    TemporaryFolder const folder;
    std::string text;
    for (int i = 0; i < 50000; ++i) text += std::to_string(i * 31 % 1009);
    for (std::string const& contents : {std::string{}, std::string{"a"}, std::string{"ab"}, text}) {
        put(folder / "plain.gz", contents);
        put(folder / "zipped", gzipped(contents));
        CHECK(read(folder / "plain.gz") == contents);
        CHECK(read(folder / "zipped") == contents);
    }
}

TEST_CASE("several gzip members are one file", "[io][gzip]") {
    TemporaryFolder const folder;
    put(folder / "file", gzipped("first, ") + gzipped("") + gzipped("second"));
    CHECK(read(folder / "file") == "first, second");
}

TEST_CASE("a gzip stream cut short anywhere is refused", "[io][gzip]") {
    TemporaryFolder const folder;
    auto const whole = gzipped("a stream of some letters, of some letters, of some more letters");
    // Below two bytes there is no magic number: the file is plain.
    for (std::size_t size = 2; size < whole.size(); ++size) {
        put(folder / "file", std::string_view{whole}.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(read(folder / "file"), boltz::FormatError);
    }
}

TEST_CASE("a changed bit in a gzip stream is either refused or has no effect", "[io][gzip]") {
    TemporaryFolder const folder;
    std::string const text = "a stream of some letters, of some letters, of some more letters";
    auto const whole = gzipped(text);
    for (std::size_t i = 2; i < whole.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto broken = whole;
            broken[i] = static_cast<char>(static_cast<unsigned char>(broken[i]) ^ 1u << bit);
            put(folder / "file", broken);
            CAPTURE(i, bit);
            std::string back = text;
            try {
                back = read(folder / "file"); // a bit of the date, for instance, means nothing
            } catch (boltz::FormatError const&) {
            }
            CHECK(back == text);
        }
    }
}

TEST_CASE("bytes after a gzip stream are refused", "[io][gzip]") {
    TemporaryFolder const folder;
    put(folder / "file", gzipped("text") + "rest");
    auto const message = message_of<boltz::FormatError>([&] { (void)read(folder / "file"); });
    CHECK(message.find("4 bytes after") != std::string::npos);
}

TEST_CASE("a small file that decompresses beyond the limit is refused", "[io][gzip]") {
    TemporaryFolder const folder;
    put(folder / "bomb", gzipped(std::string(1000000, '\0')));
    CHECK(read(folder / "bomb", 1000000).size() == 1000000);
    CHECK_THROWS_AS(read(folder / "bomb", 999999), boltz::FormatError);
}

} // namespace test_gzip
