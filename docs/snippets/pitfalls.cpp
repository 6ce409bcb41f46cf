// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/pitfalls.md: the right way round.

#include "require.hpp"

#include <boltz/dbm.hpp>

#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include <cstddef>

namespace {

using namespace boltz;

// [shape]
Matrix<float> table() {
    Matrix<float> zeros = zero_matrix<float>(3, 4); // 3 rows, 4 columns, all 0; or xt::zeros
    return zeros; // a Matrix, never `auto` of an xtensor expression: that would refer to what is gone
}
// [shape]

// [owner]
struct Problem {
    Matrix<float> cases = xt::ones<float>({std::size_t{8}, std::size_t{4}});
    MatrixSource<float> source() const { return MatrixSource{cases}; } // valid as long as the Problem stands still
};
// [owner]

} // namespace

int main() {
    require(table().shape(0) == 3 && table().shape(1) == 4 && table()(2, 3) == 0.0f, "zeros of that shape");

    Problem const problem;
    RBM rbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{2}};
    Random random{1};
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, problem.source(), {.epochs = 1}, random);

    // [seed]
    auto const train = [&](Random& seed) {
        RBM model{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{2}};
        Trainer{ContrastiveDivergence{}, Sgd{}}.fit(model, problem.source(), {.epochs = 1}, seed);
        return model.weights();
    };
    Random a{1}, b{1};
    bool const same = train(a) == train(b);  // the first call of each: equal
    bool const other = train(a) != train(a); // the second and the third call: different
    // [seed]
    require(same && other, "each call has a stream of its own");
}
