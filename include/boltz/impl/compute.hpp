// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/compute.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

namespace boltz {

BOLTZ_INLINE void Compute::validate() const {
    if (threads < 1 || threads > 1024)
        detail::fail<ValueError>("Compute: threads is ", threads, ", but must lie in 1 .. 1024");
    if (block_rows < 1) detail::fail<ValueError>("Compute: block_rows is 0, but must be at least 1");
}

} // namespace boltz
