// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/detail/excerpt.hpp>

#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string excerpt(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string result{text.substr(0, longest)};
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return text.size() > longest ? result + "..." : result;
}

} // namespace detail

} // namespace boltz
