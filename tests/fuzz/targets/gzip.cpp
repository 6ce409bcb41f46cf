// SPDX-License-Identifier: MIT

/// @file
/// Gzip streams byte by byte.

#include "fuzz/fuzz.hpp"

#include <boltz/io/gzip.hpp>

BOLTZ_FUZZ(gzip) {
    constexpr std::uint64_t limit = 1 << 20;
    auto const file =
        boltz_fuzz::attempt([&] { return boltz::read_plain_or_gzipped(boltz_fuzz::file_of(bytes), limit); });
    if (file) boltz_fuzz::require(file->size() <= std::max<std::size_t>(limit, bytes.size()), "the limit holds");
}
