// expect: constraints not satisfied|no viable constructor|no matching function
// SPDX-License-Identifier: MIT
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/unit/bernoulli.hpp>

using namespace boltz;

#ifdef POSITIVE_CONTROL
using Number = float;
#else
using Number = double;
#endif

int main() {
    DBM const dbm{StochasticLayer<Bernoulli, float>{4}, StochasticLayer<Bernoulli, Number>{3}};
    static_cast<void>(dbm);
}
