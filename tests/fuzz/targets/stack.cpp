// SPDX-License-Identifier: MIT

/// @file
/// Files of stacks of RBMs.

#include "fuzz/fuzz.hpp"

#include <boltz/io/stack_file.hpp>

BOLTZ_FUZZ(stack) {
    using namespace boltz_fuzz;
    auto const path = file_of(archive_of(bytes));
    (void)attempt([&] {
        static_cast<void>(boltz::load_stack(path));
        return true;
    });
}
