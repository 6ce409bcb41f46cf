// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/likelihood.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/binarised.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace test_likelihood {

using namespace boltz;

namespace {

template <class M>
Matrix<typename M::value_type> visible_states(M const& model) {
    auto states = test::all_states(model, LayerSet::of(0));
    Matrix<typename M::value_type> result = xt::zeros<typename M::value_type>({states.rows(), model.sizes()[0]});
    copy(states[0], Block{result});
    return result;
}

} // namespace

TEST_CASE("the log-likelihood of an RBM is the enumerated one") {
    auto const check = [](auto const& rbm, Matrix<double> const& data) {
        double const log_z = exact_log_partition(rbm);
        auto const expected = exact_log_likelihood(rbm, data);
        auto const found = log_likelihood(rbm, data, log_z, {.block_rows = 3});
        CHECK(test::distance(found.values, expected) < 1e-11);
        CHECK(found.mean == Approx(test::estimate(expected).mean).epsilon(1e-12));
        CHECK(found.case_error == Approx(test::estimate(expected).error).epsilon(1e-10));
        CHECK(found.standard_error == found.case_error);
        CHECK(found.kind == LikelihoodKind::exact);
        CHECK(found.cases() == data.shape(0));
        CHECK(found.trustworthy());
    };
    auto const binary = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    check(binary, visible_states(binary));
    auto const mixed = test::randomised(
        RBM{JointLayer{test::layer<Spin>(2), test::layer<Multinomial>(3, Multinomial{2})}, test::layer<Spin>(3)}, 1,
        0.5, 2);
    check(mixed, visible_states(mixed));
    Matrix<double> real = xt::zeros<double>({11, 2});
    for (std::size_t i = 0; i < 11; ++i) Draws::from_seed(1).normal(i, 0, Block{real}.row(i));
    check(test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6), real);
}

TEST_CASE("the error of log Z and that over cases add up in quadrature, and a warning is handed on") {
    auto const rbm = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    auto const data = visible_states(rbm);
    double const log_z = exact_log_partition(rbm); // a smaller one would be warned of
    LogPartition estimate;
    estimate.log_z = log_z;
    estimate.standard_error = 0.4;
    auto const found = log_likelihood(rbm, data, estimate);
    auto const sure = log_likelihood(rbm, data, log_z);
    CHECK(found.values == sure.values);
    CHECK(found.case_error == sure.standard_error);
    CHECK(found.standard_error == Approx(std::sqrt(sure.standard_error * sure.standard_error + 0.16)));
    CHECK_THAT(found.warning(), contains_text("log Z: ") && contains_text(estimate.warning()));
    CHECK(sure.trustworthy());

    TwoSidedLogPartition both;
    both.log_z = log_z;
    both.standard_error = 0.3;
    CHECK(elbo(rbm, data, ExactPosterior{}, both).standard_error == Approx(std::hypot(sure.standard_error, 0.3)));

    // Another log Z takes nothing over from the one before.
    auto const again = with_log_z(found, both);
    auto const direct = log_likelihood(rbm, data, both);
    CHECK(again.mean == Approx(direct.mean));
    CHECK(test::distance(again.values, direct.values) < 1e-12);
    CHECK(again.standard_error == direct.standard_error);
    CHECK(again.warning() == direct.warning());
    CHECK(again.warning() != found.warning());
    CHECK(with_log_z(found, log_z).trustworthy());

    Matrix<double> const one = xt::zeros<double>({1, 4});
    CHECK(log_likelihood(rbm, one, 3).case_error == std::numeric_limits<double>::infinity());
}

// The mean of 300 squares of scores with about 49 degrees of freedom is 1.04 with deviation 0.09. A right error
// leaves the interval with probability below 1e-5; without either half the mean is near 2.
TEST_CASE("the combined standard error is honest", "[statistical]") {
    auto const rbm = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    auto states = test::all_states(rbm, {true, false});
    double truth = 0;
    for (double const value : exact_log_likelihood(rbm, Block<double const>{states[0]}))
        truth += std::exp(value) * value;
    Random random{41};
    std::vector<double> squares, shares;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        auto samples = test::table_samples(rbm, 1000, 1000 + seed);
        MatrixSource<double> const data{Block<double const>{samples[0]}};
        auto const estimate =
            log_partition(rbm, uniform_base(rbm), {.chains = 50, .ladder = Ladder::linear(30)}, random);
        auto const found = log_likelihood(rbm, data, estimate);
        squares.push_back(std::pow((found.mean - truth) / found.standard_error, 2));
        shares.push_back(std::pow(found.case_error / found.standard_error, 2));
    }
    CHECK(std::abs(test::estimate(squares).mean - 1.04) < 0.4);
    CHECK(std::abs(test::estimate(shares).mean - 0.5) < 0.3); // both halves matter here
}

TEST_CASE("the bound lies below log p of every case and is it where the posterior factorises") {
    test::for_each_discrete_model([](auto model) {
        using M = decltype(model);
        auto const data = visible_states(model);
        auto const expected = exact_log_likelihood(model, data);
        auto const found = elbo(model, data, MeanField{.max_sweeps = 50}, exact_log_partition(model));
        CHECK(found.kind == LikelihoodKind::lower_bound);
        for (std::size_t i = 0; i < expected.size(); ++i) CHECK(found.values[i] <= expected[i] + 1e-9);
        if (M::depth > 2) CHECK(found.mean < test::estimate(expected).mean - 1e-4);

        for (std::size_t l = 1; l + 1 < M::depth; ++l)
            for (auto& w : model.weights(l)) w = 0;
        MeanField const all{.max_sweeps = 5, .tolerance = 0};
        auto const tight = elbo(model, data, all, exact_log_partition(model), {.threads = 2, .block_rows = 3});
        CHECK(test::distance(tight.values, exact_log_likelihood(model, data)) < 1e-9);
    });
}

TEST_CASE("the bound of data on several layers is one on the probability of all of it") {
    auto const dbm = test::randomised(test::mixed_four_layers(), 0.8, 0.5, 5);
    auto states = test::all_states(dbm, {true, false, false, true});
    MatrixSource<double> const below{Block<double const>{states[0]}};
    MatrixSource<double> const labels{Block<double const>{states[3]}};
    auto const sums = exact_log_sum(dbm, states.blocks(), {true, false, false, true});
    auto const found = elbo(dbm, on_layers<0, 3>(below, labels), MeanField{}, 0);
    for (std::size_t i = 0; i < sums.size(); ++i) CHECK(found.values[i] <= sums[i] + 1e-9);
}

TEST_CASE("the log-likelihood of a machine with two visible layers is the enumerated one") {
    // Words and pixels on two visible layers; the hidden ones have no weights in common.
    auto const machine = test::randomised(BoltzmannMachine{{{0, 2}, {1, 2}, {1, 3}},
                                                           test::layer<Multinomial>(3, Multinomial{2}),
                                                           test::layer<Bernoulli>(2),
                                                           test::layer<Bernoulli>(3),
                                                           test::layer<Spin>(2)},
                                          1, 0.5, 3);
    LayerSet const observed = LayerSet::of(0, 1);
    auto states = test::all_states(machine, observed);
    double const log_z = exact_log_partition(machine);
    MatrixSource<double> const words{Block<double const>{states[0]}};
    MatrixSource<double> const pixels{Block<double const>{states[1]}};
    auto const found = log_likelihood(machine, on_layers<0, 1>(words, pixels), log_z, {.block_rows = 5});
    auto expected = exact_log_sum(machine, states, observed);
    for (double& value : expected) value -= log_z;
    CHECK(test::distance(found.values, expected) < 1e-11);
    CHECK(found.trustworthy());
    CHECK(found.distinct_cases == states.rows());
    CHECK(found.log_z_at_least == Approx(log_z)); // the cases are all that there are
    auto const bound = elbo(machine, on_layers<0, 1>(words, pixels), MeanField{}, log_z);
    CHECK(test::distance(bound.values, expected) < 1e-9); // the posterior factorises
    // Without data on the second layer two layers with common weights are left.
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(log_likelihood(machine, words, log_z)); }),
               contains_text("log_likelihood: layers without data have weights in common"));
}

TEST_CASE("a likelihood names the protocol of its pixels and draws the same ones for every measure") {
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(4, 3), 1, 0.5, 1);
    Matrix<double> const grey = 0.5 * xt::ones<double>({30, 4});
    for (auto const protocol : {Binarisation::none, Binarisation::stochastic, Binarisation::fixed}) {
        Binarised const data{MatrixSource{grey}, protocol};
        auto const exact = log_likelihood(rbm, data, 0, {.block_rows = 4});
        auto const bound = elbo(rbm, data, ExactPosterior{}, 0, {.threads = 2, .block_rows = 16});
        CHECK(exact.binarisation == protocol);
        CHECK(bound.binarisation == protocol);
        CHECK(test::distance(exact.values, bound.values) < 1e-12);
        CHECK((exact.case_error > 0.01) == (protocol != Binarisation::none));
    }
}

TEST_CASE("values between states are warned of in every likelihood, those of real-valued units are not") {
    auto const warns = [](LogLikelihood const& found, std::string const& cases) {
        CHECK_FALSE(found.trustworthy());
        CHECK_THAT(found.warning(), contains_text(cases + " cases") && contains_text("binarise"));
    };
    auto const rbm = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    Matrix<double> data = visible_states(rbm);
    double const log_z = exact_log_partition(rbm);
    CHECK(log_likelihood(rbm, data, log_z, {.block_rows = 3}).case_warning.empty());
    data(2, 1) = 0.5;
    data(9, 0) = 0.25;
    warns(log_likelihood(rbm, data, log_z, {.block_rows = 3}), "2 of 16");
    warns(elbo(rbm, data, ExactPosterior{}, log_z), "2 of 16");
    Random random{1};
    warns(annealed_log_likelihood(rbm, data, log_z, {.chains = 4, .ladder = Ladder::linear(5)}, random), "2 of 16");
    CHECK(log_likelihood(rbm, Binarised{MatrixSource{data}, Binarisation::stochastic}, log_z).trustworthy());

    auto const gaussian = test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6);
    Matrix<double> const real = 0.3 * xt::ones<double>({3, 2});
    CHECK(log_likelihood(gaussian, real, 0.0).case_warning.empty());
    RBM const joint{JointLayer{test::layer<Gaussian>(1), test::layer<Bernoulli>(1)}, test::layer<Bernoulli>(2)};
    Matrix<double> parts = 0.3 * xt::ones<double>({3, 2});
    warns(log_likelihood(joint, parts, 0.0), "3 of 3");
    for (double& x : Block{parts}.row(1)) x = 1;
    warns(log_likelihood(joint, parts, 0.0), "2 of 3");
    RBM const counts{test::layer<Multinomial>(2, Multinomial{1}), test::layer<Bernoulli>(2)};
    Matrix<double> const halves = 0.5 * xt::ones<double>({3, 2});
    warns(log_likelihood(counts, halves, exact_log_partition(counts)), "3 of 3");
}

TEST_CASE("data of another size has no likelihood") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    Matrix<float> const narrow = xt::zeros<float>({3, 3});
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { static_cast<void>(log_likelihood(rbm, narrow, 0)); }),
               contains_text("log_likelihood") && contains_text("3 columns") && contains_text("4 units"));
}

// An RBM 20-1 with two modes of unequal mass: without its hidden unit all units are nearly off, with it nearly on.
TEST_CASE("no log Z is less than distinct cases alone sum to", "[evaluation]") {
    RBM rbm{StochasticLayer<Bernoulli>{20}, StochasticLayer<Bernoulli>{1}};
    rbm.visible().bias() = xt::ones<float>({20}) * -5.0F;
    rbm.weights() = xt::ones<float>({20, 1}) * 10.0F;
    rbm.hidden().bias()(0) = -90.0F;
    double const truth = exact_log_partition(rbm);
    Matrix<float> cases = xt::ones<float>({30, 20}); // the heavy mode, ten cases of which are the same
    for (std::size_t i = 0; i < 20; ++i) cases(i, i) = 0;
    LogLikelihood const right = log_likelihood(rbm, cases, truth);
    CHECK(right.trustworthy());
    CHECK(right.distinct_cases == 21);
    CHECK(right.log_z_at_least <= truth);
    // The mean over distinct cases is at most minus their entropy.
    CHECK(right.mean <= -std::log(3) / 3 - 2 * std::log(30) / 3);
    // What annealing from the model's own biases says, with 97 effective chains of 100.
    LogLikelihood const wrong = log_likelihood(rbm, cases, 0.137);
    CHECK(wrong.refuted());
    CHECK_FALSE(wrong.trustworthy());
    CHECK_THAT(wrong.warning(), contains_text("21 distinct cases alone sum to"));
    // Another log Z for the same cases is judged anew.
    CHECK(with_log_z(right, 0.137).refuted());
    CHECK_FALSE(with_log_z(wrong, truth).refuted());
}

TEST_CASE("the bound of a deep machine proves log Z too; grey and real values prove nothing", "[evaluation]") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 1, 0.5, 1);
    double const truth = exact_log_partition(dbm);
    Matrix<double> all = xt::zeros<double>({16, 4});
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < 4; ++j) all(i, j) = static_cast<double>(i >> j & 1);
    LogLikelihood const bound = elbo(dbm, all, MeanField{}, truth);
    CHECK(bound.distinct_cases == 16);
    CHECK(bound.log_z_at_least <= truth);
    CHECK(bound.log_z_at_least > truth - 1); // all cases of layer 0: short by the gaps of their bounds only
    CHECK(elbo(dbm, all, MeanField{}, truth - 2).refuted());
    Matrix<double> const grey = xt::ones<double>({3, 4}) * 0.5;
    LogLikelihood const of_grey = elbo(dbm, grey, MeanField{}, truth - 20);
    CHECK(of_grey.distinct_cases == 0);
    CHECK_FALSE(of_grey.refuted());
    auto const gaussian = test::gaussian_rbm<double>();
    Matrix<double> const values = xt::ones<double>({std::size_t{3}, gaussian.visible().size()});
    CHECK(log_likelihood(gaussian, values, 0.0).distinct_cases == 0);
}

} // namespace test_likelihood
