// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Factors on the terms of a natural parameter.

#include <boltz/layer_set.hpp>

namespace boltz {

/// What `input` multiplies with what: x = keep * x + bias * b + below * (sum of s W over lower neighbours) + above *
/// (sum of s W' over upper ones), where only the neighbours in `among` count.
///
/// Ones everywhere give the natural parameter of the layer; a doubled bottom-up pass is `{.below = 2, .above = 0}`;
/// `keep` adds to what is there. A factor of 0 skips its products.
struct Factors {
    double below = 1;                 ///< on the input from lower neighbours
    double above = 1;                 ///< on the input from upper neighbours
    double bias = 1;                  ///< on the layer's own bias
    double keep = 0;                  ///< on what the output holds already
    LayerSet among = LayerSet::all(); ///< the neighbours that count
};

} // namespace boltz
