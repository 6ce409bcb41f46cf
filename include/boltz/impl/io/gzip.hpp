// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/gzip.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <span>

namespace boltz {

namespace detail {

BOLTZ_INLINE bool is_gzip(std::span<std::byte const> bytes) noexcept {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

BOLTZ_INLINE Inflater::Inflater(std::filesystem::path const& path) {
    constexpr int gzip_window = 15 + 16;
    if (inflateInit2(&stream, gzip_window) != Z_OK)
        fail<Error>("read_plain_or_gzipped: zlib cannot start on ", path.string());
}

} // namespace detail

} // namespace boltz
