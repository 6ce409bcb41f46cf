// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Catch2 under one name: version 2 (Debian 12) and version 3 (newer systems).

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;
#else
// Declares Approx at global scope itself.
#include <catch2/catch.hpp>
#endif
