// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the fuzz targets share: files in memory, archives around fuzzed entries, and what counts as a finding.

#include "support/zipped.hpp"

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/npy.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace boltz_fuzz {

/// What is done with the bytes that libFuzzer makes up.
using Target = void (*)(std::string_view bytes);

/// All targets by name; `main.cpp` runs the one that the environment variable BOLTZ_FUZZ names.
inline std::map<std::string_view, Target>& targets() {
    static std::map<std::string_view, Target> all;
    return all;
}

/// BOLTZ_FUZZ(name) { ... } is a target, which reads `bytes`. Its name is that of its file and of its folder of
/// seeds.
#define BOLTZ_FUZZ(name)                                                                                             \
    static void fuzz_##name(std::string_view bytes);                                                                 \
    [[maybe_unused]] static bool const added_##name = boltz_fuzz::targets().emplace(#name, fuzz_##name).second;      \
    static void fuzz_##name(std::string_view bytes)

/// Ends the run with a finding unless `condition` holds.
inline void require(bool condition, char const* what) {
    if (condition) return;
    std::fprintf(stderr, "FINDING: it does not hold that %s\n", what);
    std::abort();
}

/// What `read` gives; nothing if it refuses with a boltz::Error. Any other exception is a finding.
template <class Read>
auto attempt(Read&& read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (boltz::Error const&) {
        return std::nullopt;
    }
}

/// The path of a file with these bytes. It lies in memory, and the next call of the same number replaces it.
template <int Number = 0>
std::filesystem::path file_of(std::string_view bytes) {
    static int const file = ::memfd_create("fuzz", 0);
    require(::ftruncate(file, 0) == 0 &&
                ::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
            "the file for the reader can be written");
    return "/proc/self/fd/" + std::to_string(file);
}

/// Whether a reader gave the same twice.
inline bool same(boltz::Array const& a, boltz::Array const& b) {
    return a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes;
}

/// Arrays that a reader gave fill their shapes, have a known type, and so can be written.
inline void require_whole(boltz::Arrays const& arrays) {
    for (auto const& [name, array] : arrays) static_cast<void>(boltz::detail::encode_npy_header(array, "fuzz", name));
}

/// Where an entry begins in the texts of `archive_of`: its name follows and, for an array, type and extents.
inline constexpr std::string_view entry_mark = "\n=== ";

/// A zip archive whose sizes and checksums are right, so that what is in it is reached: its entries out of a text
/// such as "\n=== meta.json\n{...}\n=== bias_0.npy <f4 3\n<bytes>". An array takes as many bytes as its shape says;
/// without type and extents the bytes are an entry as they are.
inline std::string archive_of(std::string_view text) {
    constexpr std::size_t largest_array = 1 << 14;
    std::vector<boltz_test::ZippedEntry> entries;
    for (auto at = text.find(entry_mark); at != std::string_view::npos;) {
        auto const begin = at + entry_mark.size();
        at = text.find(entry_mark, begin);
        std::string_view const entry = text.substr(begin, at - begin);
        std::size_t const heading = std::min(entry.find('\n'), entry.size());
        std::istringstream words{std::string{entry.substr(0, heading)}};
        std::string name;
        std::string contents{entry.substr(std::min(heading + 1, entry.size()))};
        boltz::Array array;
        words >> name >> array.dtype;
        for (std::size_t extent = 0; words >> extent;) array.shape.push_back(extent);
        std::size_t size = 0;
        std::size_t const item = boltz::detail::npy_item_size(array.dtype);
        if (item > 0 && array.shape.size() <= boltz::detail::npy_largest_rank &&
            boltz::detail::npy_payload(array.shape, item, size) && size <= largest_array) {
            array.bytes.resize(size);
            contents.resize(size);
            contents = boltz::detail::encode_npy_header(array, "fuzz", name) + contents;
        }
        entries.push_back({.name = std::move(name), .contents = std::move(contents), .stored = entry.size() % 8 > 0});
    }
    return boltz_test::zipped(entries);
}

} // namespace boltz_fuzz
