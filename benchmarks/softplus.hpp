// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log(1 + exp(x)) by the standard library, so that known answers do not rest on the kernels that they judge.

#include <algorithm>
#include <cmath>

namespace bench {

/// The log of the sum over a binary unit of natural parameter x, in nats.
inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

} // namespace bench
