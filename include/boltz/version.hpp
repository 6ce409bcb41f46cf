// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The version of the library, the one place that states it (CMake reads it from here), and the language that it
/// needs. Every header includes this one before anything else, be it through others: an older language is named once,
/// in place of thousands of errors.

#if __cplusplus < 202002L
#error "boltz needs C++20: give the compiler -std=c++20 (with CMake, link boltz::boltz)"
// No such file: compilers go on after #error, but stop here.
#include <boltz needs C++20>
#endif

#define BOLTZ_VERSION_MAJOR 0
#define BOLTZ_VERSION_MINOR 2
#define BOLTZ_VERSION_PATCH 0

namespace boltz {

/// The version as text, for reports and file headers.
inline constexpr char const* version = "0.2.0";

} // namespace boltz
