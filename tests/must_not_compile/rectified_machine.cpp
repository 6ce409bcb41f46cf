// expect: constraints not satisfied|constraint.* not satisfied
// SPDX-License-Identifier: MIT
#include <boltz/mlp.hpp>

using namespace boltz;

/// Rectified units have no states, so they are hidden units of networks only.
int main() {
#ifdef POSITIVE_CONTROL
    HiddenLayer<Rectified> const layer{3};
#else
    StochasticLayer<Rectified> const layer{3};
#endif
    static_cast<void>(layer);
}
