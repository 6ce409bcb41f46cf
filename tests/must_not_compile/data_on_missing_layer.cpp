// expect: data is given for a layer that the model does not have
// SPDX-License-Identifier: MIT
#include <boltz/rbm.hpp>

using namespace boltz;

#ifdef POSITIVE_CONTROL
constexpr std::size_t chosen = 1;
#else
constexpr std::size_t chosen = 2;
#endif

int main() {
    RBM rbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Matrix<float> const labels = xt::zeros<float>({8, 3});
    Random random{1};
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, on_layers<0, chosen>(data, labels), {}, random);
}
