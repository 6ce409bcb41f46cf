// SPDX-License-Identifier: MIT

/// @file
/// Files of networks.

#include "fuzz/fuzz.hpp"

#include <boltz/io/mlp_file.hpp>

BOLTZ_FUZZ(network) {
    using namespace boltz_fuzz;
    auto const path = file_of(archive_of(bytes));
    (void)attempt([&] { return boltz::load<boltz::MLP<float>>(path); });
    (void)attempt([&] { return boltz::load<boltz::MLP<double>>(path); });
}
