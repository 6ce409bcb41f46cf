// SPDX-License-Identifier: MIT
// A program that uses boltz from outside: links the product library and runs.

#include <boltz/dbm.hpp>
#include <boltz/version.hpp>

#include <cstdio>

using namespace boltz;

// Names of a program's own, which none of boltz's may be ambiguous with.
using Unit = Bernoulli;
using Layer = StochasticLayer<Unit>;
using Model = DBM<Layer, Layer, Layer>;
using Field = Model;
using Optimizer = Sgd;
using Parametric = Field;

int main() {
    Parametric const model{Layer{6}, Layer{4}, Layer{2}};
    static_cast<void>(Optimizer{.learning_rate = 0.1});
    auto const visible = xt::xtensor<float, 2>::from_shape({3, 6});
    std::printf("boltz %s: depth %zu, %zu rows\n", version, static_cast<std::size_t>(model.depth), visible.shape(0));
}
