// SPDX-License-Identifier: MIT

/// @file
/// Zip archives byte by byte: what libzip makes of them, and sizes that lie.

#include "fuzz/fuzz.hpp"

#include <boltz/io/npz.hpp>

BOLTZ_FUZZ(npz) {
    constexpr std::uint64_t limit = 1 << 24;
    if (auto const file = boltz_fuzz::attempt([&] { return boltz::read_npz(boltz_fuzz::file_of(bytes), limit); }))
        boltz_fuzz::require_whole(file->arrays);
}
