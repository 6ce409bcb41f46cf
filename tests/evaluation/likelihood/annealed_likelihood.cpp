// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/likelihood/likelihood.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <vector>

namespace test_annealed_likelihood {

using namespace boltz;

namespace {

Ais const short_run{.chains = 400, .ladder = Ladder::linear(60)};

/// Some visible states of a model: all that there are, or drawn ones where they are real.
Matrix<double> some_cases(AnyField<double> const& model) {
    bool const countable = model.unit(0).countable();
    auto const states = test::all_states(model, LayerSet::of(0));
    Matrix<double> result = xt::zeros<double>({countable ? states.rows() : 6, model.sizes()[0]});
    if (countable)
        copy(states[0], Block{result});
    else
        for (std::size_t i = 0; i < 6; ++i) Draws::from_seed(1).normal(i, 0, Block{result}.row(i));
    return result;
}

} // namespace

// Some 60 scores below 5 standard errors: a right estimator fails with probability 4e-5.
TEST_CASE("chains of each case find its log-likelihood, and the bound lies below by the enumerated divergence",
          "[statistical]") {
    Random random{51};
    test::for_each_model([&](auto const& model) {
        auto const data = some_cases(model);
        double const log_z = exact_log_partition(model);
        auto const truth = exact_log_likelihood(model, data);
        auto const found = annealed_log_likelihood(model, data, log_z, own_base(model), short_run, random);
        CHECK(found.kind == LikelihoodKind::annealed);
        CHECK(found.trustworthy());
        double squares = 0;
        for (std::size_t i = 0; i < truth.size(); ++i) {
            CHECK(std::abs(found.values[i] - truth[i]) < 5 * found.errors[i] + 1e-9);
            squares += found.errors[i] * found.errors[i];
        }
        double const mean_truth = test::estimate(truth).mean;
        CHECK(found.annealing_error == Approx(std::sqrt(squares) / static_cast<double>(truth.size())));
        CHECK(std::abs(found.mean - mean_truth) < 5 * found.annealing_error + 1e-9);

        auto const bound = elbo(model, data, MeanField{.max_sweeps = 30}, log_z);
        auto const gap = bound_gap(found, bound);
        CHECK(std::abs(gap.mean - (mean_truth - bound.mean)) < 5 * gap.annealing_error + 1e-9);
        CHECK(gap.mean > -5 * gap.annealing_error - 1e-9);
        // Estimates of log Z, however wrong, drop out.
        auto const shifted = elbo(model, data, MeanField{.max_sweeps = 30}, log_z + 7);
        CHECK(bound_gap(found, shifted).mean == Approx(gap.mean).margin(1e-11));
        CHECK(bound_gap(found, shifted).standard_error ==
              Approx(test::estimate(gap.values).error).epsilon(1e-6).margin(1e-11));
    });
}

TEST_CASE("without weights chains and bound see the same pixels and agree to rounding") {
    auto const dbm = test::randomised(test::bernoulli_dbm(), 0, 0.7, 2);
    Matrix<double> const grey = 0.5 * xt::ones<double>({20, 3});
    Binarised const data{MatrixSource{grey}, Binarisation::stochastic};
    Random random{1};
    auto const found = annealed_log_likelihood(
        dbm, data, 0, own_base(dbm), {.chains = 12, .ladder = Ladder::linear(2)}, random, Draws::from_seed(5));
    auto const bound = elbo(dbm, data, MeanField{}, 0, {}, Draws::from_seed(5));
    CHECK(found.binarisation == Binarisation::stochastic);
    CHECK(found.case_error > 0.01);
    CHECK(test::distance(found.values, bound.values) < 1e-12);
    CHECK(test::distance(bound_gap(found, bound).values, std::vector<double>(20, 0.0)) < 1e-12);
}

TEST_CASE("cases whose chains cannot be believed are counted in the warning") {
    auto const dbm = test::randomised(test::bernoulli_dbm(), 1, 0.5, 2);
    Matrix<double> const data = xt::zeros<double>({3, 3});
    Random random{1};
    LogPartition doubtful;
    auto const found =
        annealed_log_likelihood(dbm, data, doubtful, {.chains = 5, .ladder = Ladder::linear(50)}, random);
    CHECK_THAT(found.warning(),
               contains_text("log Z: ") && contains_text("3 of 3 cases") && contains_text("5 chains are too few"));
    // What speaks against the cases stays with them.
    CHECK(with_log_z(found, 3).warning() == found.case_warning);
    CHECK_THAT(found.case_warning, contains_text("3 of 3 cases") && !contains_text("log Z"));
}

TEST_CASE("a gap is one between a likelihood and a bound of the same cases") {
    auto const rbm = test::randomised(test::bernoulli_rbm(), 1, 0.5, 2);
    Matrix<double> const data = xt::zeros<double>({3, 4});
    Matrix<double> const fewer = xt::zeros<double>({2, 4});
    auto const exact = log_likelihood(rbm, data, 0);
    auto const bound = elbo(rbm, data, MeanField{}, 0);
    CHECK(bound_gap(exact, bound).mean == Approx(0).margin(1e-12));
    CHECK_THAT(boltz_test::message_of<ShapeError>(
                   [&] { static_cast<void>(bound_gap(log_likelihood(rbm, fewer, 0), bound)); }),
               contains_text("2 cases") && contains_text("3"));
    CHECK_THROWS_AS(bound_gap(bound, exact), ValueError);
    auto const other = elbo(rbm, Binarised{MatrixSource{data}, Binarisation::fixed}, MeanField{}, 0);
    CHECK_THROWS_AS(bound_gap(exact, other), ValueError);
}

} // namespace test_annealed_likelihood
