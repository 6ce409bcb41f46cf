// expect: boltz: a model with more than one hidden layer needs an inference policy, such as MeanField
// SPDX-License-Identifier: MIT
#include <boltz/dbm.hpp>

using namespace boltz;

int main() {
    DBM dbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Random random{1};
#ifdef POSITIVE_CONTROL
    Trainer{PersistentCD{}, Sgd{}, MeanField{}}.fit(dbm, data, {}, random);
#else
    Trainer{PersistentCD{}, Sgd{}}.fit(dbm, data, {}, random);
#endif
}
