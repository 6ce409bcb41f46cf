// expect: constraints not satisfied|no matching (member )?function
// SPDX-License-Identifier: MIT
#include <boltz/rbm.hpp>

using namespace boltz;

int main() {
#ifdef POSITIVE_CONTROL
    using Visible = Bernoulli;
#else
    using Visible = Gaussian;
#endif
    RBM const rbm{StochasticLayer<Visible>{4}, StochasticLayer<Bernoulli>{3}};
    Matrix<float> const data = xt::zeros<float>({2, 4});
    static_cast<void>(pseudo_likelihood(rbm, data));
}
