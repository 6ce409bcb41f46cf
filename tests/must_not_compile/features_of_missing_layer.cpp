// expect: no matching function
// SPDX-License-Identifier: MIT
#include <boltz/rbm.hpp>

using namespace boltz;

#ifdef POSITIVE_CONTROL
constexpr std::size_t chosen = 1;
#else
constexpr std::size_t chosen = 2;
#endif

int main() {
    RBM const rbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    return static_cast<int>(features<chosen>(rbm, data, ExactPosterior{}).size());
}
