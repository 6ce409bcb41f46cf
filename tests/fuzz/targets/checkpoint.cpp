// SPDX-License-Identifier: MIT

/// @file
/// Checkpoints; a training that goes on from one that was believed ends, or is refused.

#include "fuzz/fuzz.hpp"
#include "fuzz/training.hpp"

BOLTZ_FUZZ(checkpoint) {
    using namespace boltz_fuzz;
    auto const path = file_of(archive_of(bytes));
    SmallTraining training;
    if (attempt([&] { return boltz::resume(path, training.session), true; }))
        (void)attempt([&] { return training.fit(); });
}
