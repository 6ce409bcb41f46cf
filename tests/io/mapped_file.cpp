// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/io/mapped_file.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <string>
#include <utility>

namespace test_mapped_file {

using namespace boltz_test;

namespace {

std::string text_of(boltz::MappedFile const& file) {
    return {reinterpret_cast<char const*>(file.bytes().data()), file.bytes().size()};
}

} // namespace

TEST_CASE("a mapped file has the bytes of the file, whatever its size", "[io]") {
    TemporaryFolder const folder;
    for (std::size_t const size : {0u, 1u, 4095u, 4096u, 4097u, 100000u}) {
        std::string contents(size, 'x');
        for (std::size_t i = 0; i < size; ++i) contents[i] = static_cast<char>(i * 7);
        put(folder / "file", contents);
        CHECK(text_of(boltz::MappedFile{folder / "file"}) == contents);
    }
}

TEST_CASE("a mapping moves, and outlives the name of its file", "[io]") {
    TemporaryFolder const folder;
    put(folder / "one", "first");
    put(folder / "two", "second");
    boltz::MappedFile one{folder / "one"};
    boltz::MappedFile two{folder / "two"};
    boltz::MappedFile moved{std::move(one)};
    CHECK(text_of(moved) == "first");
    moved = std::move(two);
    CHECK(text_of(moved) == "second");
    boltz::write_file_atomically(folder / "two", bytes_of("another"));
    CHECK(text_of(moved) == "second");
    std::filesystem::remove(folder / "two");
    CHECK(text_of(moved) == "second");
}

TEST_CASE("what is missing or no plain file is refused with path and reason", "[io]") {
    TemporaryFolder const folder;
    auto const refusal = [&](std::filesystem::path const& path) {
        auto const message = message_of<boltz::FileError>([&] { boltz::MappedFile{path}; });
        CHECK_THAT(message, contains_text("MappedFile") && contains_text(path.string()));
        return message;
    };
    CHECK_THAT(refusal(folder / "missing"), contains_text("No such file"));
    CHECK_THAT(refusal(folder.path()), contains_text("not a plain file"));
    CHECK_THAT(refusal("/dev/null"), contains_text("not a plain file"));
}

} // namespace test_mapped_file
