// expect: Callback
// SPDX-License-Identifier: MIT
#include <boltz/rbm.hpp>

using namespace boltz;

struct Watcher {
    template <class M>
#ifdef POSITIVE_CONTROL
    void on_epoch_end(M const&, TrainingInfo const&) {
    }
#else
    void on_epoch_ends(M const&, TrainingInfo const&) {
    }
#endif
};

int main() {
    RBM rbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}};
    Matrix<float> const data = xt::zeros<float>({8, 4});
    Random random{1};
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, data, {}, random, Watcher{});
}
