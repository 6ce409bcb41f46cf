// expect: boltz: only machines whose hidden units a network can have, such as Bernoulli, can be unrolled
// SPDX-License-Identifier: MIT
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/model/unroll.hpp>
#include <boltz/unit/bernoulli.hpp>

using namespace boltz;

int main() {
    DBM dbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}, StochasticLayer<Multinomial>{2}};
    Random random{1};
#ifdef POSITIVE_CONTROL
    static_cast<void>(unroll(dbm));
#else
    static_cast<void>(unroll(dbm, 10, random));
#endif
}
