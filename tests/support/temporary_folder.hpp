// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A folder of its own for a test that writes files, and helpers to look at bytes.

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace boltz_test {

/// A new empty folder, removed with all it holds at the end of the scope.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "boltz-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make " + name};
        path_ = name;
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// How many entries the folder has.
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator{path_}, std::filesystem::directory_iterator{}));
    }

  private:
    std::filesystem::path path_;
};

/// The bytes of a text.
[[nodiscard]] inline std::vector<std::byte> bytes_of(std::string_view text) {
    auto const* const first = reinterpret_cast<std::byte const*>(text.data());
    return {first, first + text.size()};
}

/// All of a file, read without the library.
[[nodiscard]] inline std::string contents_of(std::filesystem::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// Writes a file without the library.
inline void put(std::filesystem::path const& path, std::string_view contents) {
    std::ofstream{path, std::ios::binary} << contents;
}

/// What an exception of type E that `f` throws says; empty if it throws none.
template <class E, class F>
[[nodiscard]] std::string message_of(F&& f) {
    try {
        f();
    } catch (E const& error) {
        return error.what();
    }
    return {};
}

} // namespace boltz_test
