// expect: boltz: an object given as a callback has no hook that could be called
// SPDX-License-Identifier: MIT
#include <boltz/dbm.hpp>

using namespace boltz;

struct Watcher {
    template <class M>
#ifdef POSITIVE_CONTROL
    bool on_batch_end(M const&, TrainingInfo const&){
#else
    bool on_batchend(M const&, TrainingInfo const&) {
#endif
        return false;
}
}
;

int main() {
    DBM dbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Random random{1};
    DoubledInput{ContrastiveDivergence{}, Sgd{}}.pretrain(dbm, data, {}, random, Watcher{});
}
