// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Quoting texts of files.

#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace boltz::detail {

/// The beginning of a text from a file, for a message: 60 printable ASCII characters at most, others as '?', and
/// "..." for the rest.
[[nodiscard]] inline std::string excerpt(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string result{text.substr(0, longest)};
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return text.size() > longest ? result + "..." : result;
}

} // namespace boltz::detail
