// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/io/file.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <filesystem>
#include <string>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace boltz_test;

TEST_CASE("a file that was written reads back byte for byte, whatever its size", "[io][file]") {
    TemporaryFolder const folder;
    for (std::size_t const size : {0u, 1u, 65535u, 65536u, 65537u, 300000u}) {
        std::vector<std::byte> bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 % 251);
        boltz::write_file_atomically(folder / "file", bytes);
        CHECK(boltz::read_file(folder / "file") == bytes);
        CHECK(folder.count() == 1);
    }
}

TEST_CASE("writing replaces the old contents and leaves no temporary file", "[io][file]") {
    TemporaryFolder const folder;
    put(folder / "file", "the old contents, which are longer");
    boltz::write_file_atomically(folder / "file", bytes_of("new"));
    CHECK(contents_of(folder / "file") == "new");
    CHECK(folder.count() == 1);
}

TEST_CASE("a path without a folder is written beside the working folder's files", "[io][file]") {
    TemporaryFolder const folder;
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    boltz::write_file_atomically("plain", bytes_of("x"));
    std::filesystem::current_path(before);
    CHECK(contents_of(folder / "plain") == "x");
}

TEST_CASE("a missing file and a folder cannot be read, and the message names both path and reason", "[io][file]") {
    TemporaryFolder const folder;
    auto const missing = message_of<boltz::FileError>([&] { (void)boltz::read_file(folder / "missing"); });
    CHECK(missing.find((folder / "missing").string()) != std::string::npos);
    CHECK(missing.find("No such file") != std::string::npos);
    CHECK_THROWS_AS(boltz::read_file(folder.path()), boltz::FileError);
}

TEST_CASE("what cannot be written is refused and changes nothing", "[io][file]") {
    TemporaryFolder const folder;
    auto const bytes = bytes_of("x");
    CHECK_THROWS_AS(boltz::write_file_atomically(folder / "no/such/folder", bytes), boltz::FileError);
    CHECK_THROWS_AS(boltz::write_file_atomically(folder.path(), bytes), boltz::FileError);
    CHECK_THROWS_AS(boltz::write_file_atomically(folder.path() / "", bytes), boltz::FileError);
    put(folder / "file", "x");
    CHECK_THROWS_AS(boltz::write_file_atomically(folder / "file/below", bytes), boltz::FileError);
    // A rename would replace a device or a pipe by a plain file.
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK_THROWS_AS(boltz::write_file_atomically(folder / "pipe", bytes), boltz::FileError);
    CHECK(std::filesystem::is_fifo(folder / "pipe"));
    CHECK(folder.count() == 2);
}

TEST_CASE("a folder that may not be written is refused", "[io][file]") {
    if (::geteuid() == 0) {
        WARN("skipped: root may write everywhere");
        return;
    }
    TemporaryFolder const folder;
    std::filesystem::permissions(folder.path(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    CHECK_THROWS_AS(boltz::write_file_atomically(folder / "file", bytes_of("x")), boltz::FileError);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST_CASE("when there is no room, the old file stays and the temporary one goes", "[io][file]") {
    TemporaryFolder const folder;
    put(folder / "file", "old");
    // A limit on the size of files fails in the middle of a write, as a full disk does.
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto const handler = std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = before;
    small.rlim_cur = 10000;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    auto const message = message_of<boltz::FileError>(
        [&] { boltz::write_file_atomically(folder / "file", std::vector<std::byte>(100000)); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(message.find((folder / "file").string()) != std::string::npos);
    CHECK(contents_of(folder / "file") == "old");
    CHECK(folder.count() == 1);
}
