// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/packed_weights.hpp>

#include <boltz/version.hpp>

#include <string>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string without_bfloat16() {
    ProductLibrary const* const library = product_library();
    return library != nullptr ? library->without_bfloat16()
                              : "this program was built without oneDNN (boltz::onednn, <boltz/onednn.hpp>)";
}

BOLTZ_INLINE bool gains_by_bfloat16() {
    ProductLibrary const* const library = product_library();
    return library != nullptr && library->gains_by_bfloat16();
}

} // namespace detail

} // namespace boltz
