// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/likelihood/elbo.hpp>
#include <boltz/inference/exact_posterior.hpp>

using namespace boltz;

TEST_CASE("the exact posterior of an RBM is what enumeration says", "[inference]") {
    auto const rbm =
        test::randomised(RBM{test::layer<Multinomial>(3, Multinomial{2}), test::layer<Spin>(3)}, 1.0, 0.7, 1);
    auto all = test::all_states(rbm);
    auto const weights = test::naive_negative_energy(rbm, all);
    auto visible = test::all_states(rbm, {true, false});
    Executor executor{Compute{.block_rows = 4}};
    auto const report = ExactPosterior{}.bind(rbm).infer(rbm, visible.blocks(), {true, false}, executor);
    CHECK(report.converged);
    for (std::size_t v = 0; v < visible.rows(); ++v) {
        std::vector<double> p;
        for (std::size_t i = v; i < all.rows(); i += visible.rows()) p.push_back(weights[i]);
        p = test::normalised(p);
        for (std::size_t k = 0; k < 3; ++k) {
            double mean = 0;
            for (std::size_t h = 0; h < p.size(); ++h) mean += p[h] * all[1](v + h * visible.rows(), k);
            CHECK(visible[1](v, k) == Approx(mean).margin(1e-12));
        }
    }
    auto const bound = unnormalised_elbo(rbm, visible.blocks(), {true, false});
    CHECK(test::distance(bound, exact_log_sum(rbm, visible.blocks(), {true, false})) < 1e-12);
}

TEST_CASE("the exact posterior also runs from the hidden side, and leaves observed layers alone", "[inference]") {
    auto const rbm = test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6);
    auto hidden = test::all_states(rbm, {false, true});
    Executor executor{Compute{}};
    ExactPosterior{}.bind(rbm).infer(rbm, hidden.blocks(), {false, true}, executor);
    double x = rbm.visible().bias()(1);
    for (std::size_t k = 0; k < 3; ++k) x += rbm.weights()(1, k) * hidden[1](5, k);
    CHECK(hidden[0](5, 1) == Approx(x / std::exp(rbm.visible().unit().log_precision()(1))));
    double const before = hidden[0](5, 1);
    ExactPosterior{}.bind(rbm).infer(rbm, hidden.blocks(), {true, true}, executor);
    CHECK(hidden[0](5, 1) == before);
    CHECK(hidden[1](5, 0) == 1);
}
