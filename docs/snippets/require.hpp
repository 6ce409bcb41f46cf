// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How the programs behind the documentation check what it claims.

#include <cstdio>
#include <cstdlib>

/// Ends the program if a claim does not hold.
inline void require(bool holds, char const* claim) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", claim);
    std::exit(1);
}
