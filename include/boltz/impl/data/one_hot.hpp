// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/one_hot.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

BOLTZ_INLINE OneHot::OneHot(std::span<std::uint8_t const> labels, std::size_t classes)
    : labels_{labels}, classes_{classes} {
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= classes)
            detail::fail<ValueError>("OneHot: label ", i, " is ", int{labels[i]}, ", but there are ", classes,
                                     " classes");
}

} // namespace boltz
