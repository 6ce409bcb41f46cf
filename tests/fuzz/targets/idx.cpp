// SPDX-License-Identifier: MIT

/// @file
/// IDX files; gzipped they are the same.

#include "fuzz/fuzz.hpp"

#include <boltz/io/idx.hpp>

BOLTZ_FUZZ(idx) {
    using namespace boltz_fuzz;
    auto const read = [&](std::string_view file) { return attempt([&] { return boltz::read_idx(file_of(file)); }); };
    auto const plain = read(bytes);
    if (plain)
        require(boltz::detail::idx_payload(plain->shape) == plain->bytes.size(),
                "the bytes of an array fill its shape");
    if (bytes.starts_with("\x1f\x8b") || bytes.size() % 8 > 0) return; // compressing takes its time
    auto const packed = read(boltz_test::gzipped(bytes));
    require(packed.has_value() == plain.has_value() &&
                (!plain || (plain->shape == packed->shape && plain->bytes == packed->bytes)),
            "a gzipped file is the same");
}
