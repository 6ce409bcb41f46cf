// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Catch2 under one name: version 2 (Debian 12) and version 3 (newer systems).

#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;

/// Matches a text that contains this one.
inline auto contains_text(std::string const& part) { return Catch::Matchers::ContainsSubstring(part); }
#else
// Declares Approx at global scope itself.
#include <catch2/catch.hpp>

/// Matches a text that contains this one.
inline auto contains_text(std::string const& part) { return Catch::Matchers::Contains(part); }
#endif
