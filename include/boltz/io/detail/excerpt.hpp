// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Quoting texts of files.

#include <boltz/version.hpp>

#include <string>
#include <string_view>

namespace boltz::detail {

/// The beginning of a text from a file, for a message: 60 printable ASCII characters at most, others as '?', and
/// "..." for the rest.
[[nodiscard]] std::string excerpt(std::string_view text);

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/detail/excerpt.hpp>
#endif
