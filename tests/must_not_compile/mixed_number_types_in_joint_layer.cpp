// expect: constraints not satisfied|no viable constructor|no matching function
// SPDX-License-Identifier: MIT
#include <boltz/layer/joint_layer.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

using namespace boltz;

#ifdef POSITIVE_CONTROL
using Number = float;
#else
using Number = double;
#endif

int main() {
    JointLayer const layer{StochasticLayer<Bernoulli, float>{4}, StochasticLayer<Multinomial, Number>{3}};
    static_cast<void>(layer);
}
