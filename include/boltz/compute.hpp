// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How much of the machine a call may use.

#include <boltz/error.hpp>

#include <cstddef>

namespace boltz {

/// How much of the machine a call may use, and how it cuts its rows.
///
/// Results depend on `block_rows` (the product library rounds differently for other shapes) but never on
/// `threads`: cases and chains are cut into blocks of `block_rows` whatever the number of workers, and every random
/// number is named by its position.
struct Compute {
    std::size_t threads = 1;      ///< workers; they live for one public call
    std::size_t block_rows = 128; ///< cases or chains that one worker takes through a whole chain of products

    /// @throws ValueError if a field is 0 or absurdly large.
    void validate() const {
        if (threads < 1 || threads > 1024)
            detail::fail<ValueError>("Compute: threads is ", threads, ", but must lie in 1 .. 1024");
        if (block_rows < 1) detail::fail<ValueError>("Compute: block_rows is 0, but must be at least 1");
    }
};

} // namespace boltz
