// SPDX-License-Identifier: MIT

/// @file
/// Arrays; one that was read is the same when it is written and read again.

#include "fuzz/fuzz.hpp"

#include <boltz/io/npy.hpp>

BOLTZ_FUZZ(npy) {
    using namespace boltz_fuzz;
    auto const array = attempt([&] { return boltz::read_npy(file_of(bytes)); });
    if (!array) return;
    std::string const header = boltz::detail::encode_npy_header(*array, "fuzz", "array");
    std::string const payload{reinterpret_cast<char const*>(array->bytes.data()), array->bytes.size()};
    require(same(boltz::read_npy(file_of(header + payload)), *array), "an array is the same when it is written");
}
