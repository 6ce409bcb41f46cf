// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How much memory a program takes.

#include <malloc.h>
#include <sys/resource.h>

/// Lets arrays of 256 kB or more go back to the system as soon as they are freed. By itself the allocator of
/// glibc comes to keep what programs allocate and free again and again, which no later phase of a run has a use for.
inline void give_back_large_arrays() {
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 1 << 18);
#endif
}

/// The most memory that has been resident at a time, in millions of bytes; Linux counts in 1024 bytes.
inline double peak_memory() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
}
