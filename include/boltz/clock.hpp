// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where a training stands.

#include <boltz/version.hpp>

#include <cstdint>

namespace boltz {

/// Where a training stands: what schedules read, what names the random numbers of an update, and what a
/// checkpoint keeps. All three count from 0 and name what comes next.
struct Clock {
    std::uint64_t epoch = 0;  ///< complete passes over the data
    std::uint64_t batch = 0;  ///< batches of this epoch that are done
    std::uint64_t update = 0; ///< updates of the parameters since the start

    bool operator==(Clock const&) const = default;
};

} // namespace boltz
