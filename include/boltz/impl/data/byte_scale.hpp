// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/byte_scale.hpp>

#include <boltz/version.hpp>

#include <string>
#include <string_view>

namespace boltz {

BOLTZ_INLINE std::string ByteScale::note(std::string_view name) const {
    if (!states_) return {};
    return "no byte of " + std::string{name} +
           " is above 1: the bytes are states 0 and 1 and are taken as they are, not divided by 255";
}

} // namespace boltz
