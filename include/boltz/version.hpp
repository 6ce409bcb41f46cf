// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The version of the library, the one place that states it (CMake reads it from here).

#define BOLTZ_VERSION_MAJOR 0
#define BOLTZ_VERSION_MINOR 1
#define BOLTZ_VERSION_PATCH 0

namespace boltz {

/// The version as text, for reports and file headers.
inline constexpr char const* version = "0.1.0";

} // namespace boltz
