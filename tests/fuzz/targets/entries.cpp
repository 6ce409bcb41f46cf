// SPDX-License-Identifier: MIT

/// @file
/// The entries of an archive that is itself right.

#include "fuzz/fuzz.hpp"

#include <boltz/io/npz.hpp>

BOLTZ_FUZZ(entries) {
    auto const path = boltz_fuzz::file_of(boltz_fuzz::archive_of(bytes));
    if (auto const file = boltz_fuzz::attempt([&] { return boltz::read_npz(path); }))
        boltz_fuzz::require_whole(file->arrays);
}
