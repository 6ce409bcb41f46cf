// expect: this negative phase needs an energy
// SPDX-License-Identifier: MIT
#include <boltz/dbm.hpp>
#include <boltz/sampling/parallel_tempering.hpp>

using namespace boltz;

int main() {
    using Layer = StochasticLayer<Bernoulli>;
#ifdef POSITIVE_CONTROL
    DBM model{Layer{4}, Layer{3}};
#else
    DBM model{Layer{4}, Layer{3}, Layer{2}};
#endif
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Random random{1};
    DoubledInput{ParallelTempering{}, Sgd{}}.pretrain(model, data, {}, random);
}
