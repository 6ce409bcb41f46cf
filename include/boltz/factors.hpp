// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How strongly a layer listens to each side.

#include <boltz/version.hpp>

namespace boltz {

/// What `input` multiplies with what: x = keep * x + bias * b + below * (s_below W) + above * (s_above W').
///
/// Ones everywhere give the natural parameter of the layer; a doubled bottom-up pass is `{.below = 2, .above = 0}`;
/// `keep` adds to what is there. A factor of 0 skips its product.
struct Factors {
    double below = 1; ///< on the input from the layer below
    double above = 1; ///< on the input from the layer above
    double bias = 1;  ///< on the layer's own bias
    double keep = 0;  ///< on what the output holds already
};

} // namespace boltz
