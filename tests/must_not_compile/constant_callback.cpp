// expect: Callback
// SPDX-License-Identifier: MIT
#include <boltz/rbm.hpp>

#include <sstream>

using namespace boltz;

// A constant object whose hooks change it would never be called.
int main() {
    RBM rbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Random random{1};
    std::ostringstream out;
#ifdef POSITIVE_CONTROL
    Progress progress{out};
#else
    Progress const progress{out};
#endif
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, data, {}, random, progress);
}
