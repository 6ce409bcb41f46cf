// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/samples/chain_diagnostics.hpp>
#include <boltz/sampling/dispersed_starts.hpp>
#include <boltz/sampling/sample_given.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace test_chain_agreement {

using namespace boltz;

namespace {

// One hidden unit between two modes of 8 visible ones: nearly all off without it, nearly all on with it. Given that
// pixel 0 is off, the second weighs 0.85, and a chain enters it once in about 2 million sweeps.
auto two_modes() {
    auto model = test::bernoulli_rbm<double>(8, 1);
    for (std::size_t j = 0; j < 8; ++j) {
        model.weights(0)(j, 0) = 10;
        model.layer<0>().bias()(j) = -5;
    }
    model.layer<1>().bias()(0) = -33.3;
    return model;
}

Given<double> first_is_off(BoltzmannMachine<double> const& model, std::size_t cases = 1) {
    Matrix<double> const values = xt::zeros<double>({cases, model.sizes()[0]});
    Matrix<double> mask = xt::zeros<double>({std::size_t{1}, model.sizes()[0]});
    mask(0, 0) = 1;
    Given given{model, cases};
    given.clamp(0, values, mask);
    return given;
}

// E[unit `j` of layer 0 | unit 0 of layer 0 is 0], by enumeration.
double exact_mean(BoltzmannMachine<double> const& model, std::size_t j) {
    test::MarkovChain chain{model};
    auto const p = chain.stationary();
    double sum = 0, mean = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (chain.joint[0](i, 0) == 0) {
            sum += p[i];
            mean += p[i] * chain.joint[0](i, j);
        }
    return mean / sum;
}

} // namespace

TEST_CASE("means of chains that do not mix are warned of", "[sampling]") {
    // Chains from the biases alone stay in the mode without ink: 0.01 for 0.8, each of them sure of it.
    auto const model = two_modes();
    double const truth = exact_mean(model, 5);
    CHECK(truth == Approx(0.8).margin(0.1));
    Random random{1};
    auto const means = mean_given(model, first_is_off(model, 3), {}, random);
    CHECK(std::abs(means.mean[0](0, 5) - truth) > 0.2); // what the warning is for
    CHECK_THAT(means.warning(), contains_text("in 3 of 3 cases chains from different starts disagree"));
    for (std::size_t i = 0; i < 3; ++i) CHECK(means.agreement.of_case(i).r_hat > 2);
    CHECK(means.agreement.worst().r_hat >= means.agreement.of_case(1).r_hat);
    CHECK(means.standard_error[0](0, 5) > 0.1);
    CHECK(means.standard_error[0](0, 0) == 0); // known
    CHECK(means.mean[0](0, 0) == 0);

    // Two chains are the farthest apart, and already disagree.
    CHECK_THAT(mean_given(model, first_is_off(model), {.chains = 2}, random).warning(),
               contains_text("chains from different starts disagree"));

    auto const samples = sample_given(model, first_is_off(model), {.chains = 12}, random);
    CHECK_THAT(samples.warning(), contains_text("in 1 of 1 cases"));
    double on = 0;
    for (std::size_t i = 0; i < 12; ++i) on += samples.states[1](i, 0);
    CHECK(on > 0); // both modes are seen
    CHECK(on < 12);
}

TEST_CASE("every way to begin shows in its own chain", "[sampling]") {
    // Two modes that only the hidden side tells apart, one visible unit up and its neighbour down: no start of all
    // visible units alike lies nearer to one of them.
    auto model = test::bernoulli_rbm<double>(4, 1);
    for (std::size_t j = 0; j < 4; ++j) {
        double const sign = j % 2 == 0 ? 1 : -1;
        model.weights(0)(j, 0) = 16 * sign;
        model.layer<0>().bias()(j) = -8 * sign;
    }
    model.layer<1>().bias()(0) = 0;
    Given const nothing{model, 1};
    auto const begin = detail::begin_given(model, nothing.repeated(12), 12, Draws::from_seed(1));
    for (std::size_t c : {0u, 6u})
        for (std::size_t j = 0; j < 4; ++j) {
            CHECK(begin[0](c, j) == 0);                        // low
            CHECK(begin[0](c + 1, j) == 1);                    // high
            CHECK(begin[0](c + 4, j) == (j % 2 == 0 ? 0 : 1)); // hidden unit off
            CHECK(begin[0](c + 5, j) == (j % 2 == 0 ? 1 : 0)); // on
        }
}

TEST_CASE("starts of every unit are its states, far apart", "[sampling]") {
    // Gaussian units begin 4 standard deviations from 0 and one of noise: below 2 with probability 0.03 each.
    Vector<double> precision = xt::zeros<double>({3});
    precision(0) = 0.01;
    precision(1) = 1;
    precision(2) = 100;
    RBM const gaussian{StochasticLayer<Gaussian, double>{3, Gaussian::with_precision(precision)},
                       StochasticLayer<Bernoulli, double>{2}};
    Given const nothing{gaussian, 1};
    auto const begin = detail::begin_given(gaussian, nothing.repeated(4), 4, Draws::from_seed(1));
    for (std::size_t j = 0; j < 3; ++j) {
        double const deviation = 1 / std::sqrt(precision(j));
        CHECK(begin[0](0, j) == Approx(-4 * deviation).margin(3.9 * deviation));
        CHECK(begin[0](1, j) == Approx(4 * deviation).margin(3.9 * deviation));
    }
    // Counts, softmax, binary and spin units, joint ones among them, some of them known: all states are possible.
    auto const check = [](BoltzmannMachine<double> const& model) {
        Given const free{model, 2};
        auto const states = detail::begin_given(model, free.repeated(12), 12, Draws::from_seed(2));
        for (std::size_t l = 0; l < model.layers(); ++l) {
            CHECK_NOTHROW(model.unit(l).validate(states[l], "start"));
        }
    };
    test::for_each_model(check);
    RBM const counts{test::layer<Multinomial>(3, Multinomial{6}), test::layer<Bernoulli>(1)};
    auto const deviations = detail::deviations_at_zero<double>(counts);
    for (double const d : deviations[0]) CHECK(d == Approx(std::sqrt(6.0 / 3 * 2 / 3)).epsilon(0.5));
}

TEST_CASE("chains that mix raise no alarm", "[sampling][statistical]") {
    // 10 calls of 3 cases for each of 7 models: R-hat above 1.1 in a model whose reads are nearly independent asks
    // for means of halves of 50 reads whose variance is 0.21 of that of a read, 10 times what it is: chi-square of
    // 230 for 23, 1e-36.
    auto const alarms = [](auto const& strong) {
        BoltzmannMachine<double> const model = test::weakened(strong, 0.3);
        Given const nothing{model, 3};
        std::size_t count = 0;
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            Random random{seed};
            auto const means = mean_given(model, nothing, {}, random);
            CHECK(means.agreement.measured());
            count += means.warning().empty() ? 0 : 1;
        }
        CHECK(count == 0);
    };
    test::for_each_model(alarms);
}

TEST_CASE("standard errors of means are as large as their errors", "[sampling][statistical]") {
    // Squared scores of 200 calls with 12 chains follow F(1, 11): mean 11 / 9, variance 2.7^2; 5 standard errors.
    auto const model = test::weakened(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1), 0.5);
    double const truth = exact_mean(model, 2);
    auto const given = first_is_off(model);
    std::vector<double> squares;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Random random{seed};
        auto const means = mean_given(model, given, {}, random);
        squares.push_back(std::pow((means.mean[0](0, 2) - truth) / means.standard_error[0](0, 2), 2));
    }
    CHECK(test::estimate(squares).mean == Approx(11.0 / 9).margin(5 * 2.7 / std::sqrt(200.0)));
}

TEST_CASE("R-hat of reads is that of chain_diagnostics, but for its floor", "[sampling]") {
    std::size_t const chains = 3, reads = 40;
    Matrix<double> series = xt::zeros<double>({chains, reads});
    for (std::size_t c = 0; c < chains; ++c) Draws::from_seed(4).normal(c, 0, Block{series}.row(c));
    for (double& x : Block{series}.row(1)) x += 1000; // and squares lose nothing of it
    for (double& x : Block{series}.row(2)) x += 1001;
    std::array<std::size_t, 1> const sizes{1};
    detail::ReadMoments<double> moments{chains, sizes};
    detail::ReadSums<double> sums{chains, sizes, reads};
    for (std::size_t t = 0; t < reads; ++t) {
        States<double> read{chains, sizes};
        for (std::size_t c = 0; c < chains; ++c) read[0](c, 0) = series(c, t);
        sums.add(read.blocks(), moments, 0);
    }
    std::vector<Vector<double>> deviations{xt::zeros<double>({std::size_t{1}})};
    auto const r_hat = [&] { return detail::agreement_of(moments, 1, chains, reads, deviations).r_hat[0](0, 0); };
    CHECK(r_hat() == Approx(chain_diagnostics(series).split_r_hat).epsilon(1e-10));
    deviations[0](0) = 1e6; // far apart, but not by this measure
    CHECK(r_hat() < 1);
}

TEST_CASE("what was not measured is said", "[sampling]") {
    auto const model = two_modes();
    auto const given = first_is_off(model);
    Random random{1};
    auto const one = mean_given(model, given, {.chains = 1}, random);
    CHECK_THAT(one.warning(), contains_text("not measured, with 1 chain a case"));
    CHECK(std::isnan(one.standard_error[0](0, 5)));
    CHECK(std::isnan(one.agreement.worst().r_hat));
    auto const few = mean_given(model, given, {.reads = 3}, random);
    CHECK_THAT(few.warning(), contains_text("not measured, with 3 reads of each"));
    CHECK_THAT(sample_given(model, given, {}, random).warning(), contains_text("not measured, with 1 chain a case"));
    CHECK_THAT(sample_given(model, given, {.chains = 4, .sweeps = 6}, random).warning(),
               contains_text("not measured, with 3 reads of each"));
}

TEST_CASE("sweeps and reads that cannot be counted are refused", "[sampling]") {
    auto const model = two_modes();
    Random random{1};
    std::size_t const most = std::numeric_limits<std::size_t>::max();
    CHECK_THROWS_AS(mean_given(model, first_is_off(model), {.sweeps = most, .reads = 1}, random), ValueError);
}

} // namespace test_chain_agreement
