// SPDX-License-Identifier: MIT
// A program that uses boltz from outside: links the product library and runs.

#include <boltz/dbm.hpp>
#include <boltz/version.hpp>

#include <cstdio>

int main() {
    using namespace boltz;
    DBM const model{StochasticLayer<Bernoulli>{6}, StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{2}};
    auto const visible = xt::xtensor<float, 2>::from_shape({3, 6});
    std::printf("boltz %s: depth %zu, %zu rows\n", version, static_cast<std::size_t>(model.depth), visible.shape(0));
}
