// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/clamped_models.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/sample_given.hpp>

#include <limits>

namespace test_sample_given {

using namespace boltz;

namespace {

bool same(auto const& a, auto const& b) {
    for (std::size_t i = 0; i < a.rows; ++i)
        for (std::size_t j = 0; j < a.columns; ++j)
            if (a(i, j) != b(i, j)) return false;
    return a.rows == b.rows && a.columns == b.columns;
}

} // namespace

TEST_CASE("samples given some units have the exact conditional probabilities", "[sampling][statistical]") {
    // One chi-square test at 1e-4 for each of 5 models and 2 patterns.
    test::for_each_discrete_model([](auto const& strong) {
        BoltzmannMachine<double> const model = test::weakened(strong, 0.5);
        test::MarkovChain chain{model};
        test::StateIndex<double> const index{chain.joint.blocks(), LayerSet::all()};
        for (std::uint64_t const pattern : {1u, 2u}) {
            test::ClampedModel const clamped{model, pattern};
            auto const known = clamped.known(model, chain, 5, 4);
            Random random{pattern};
            auto states = sample_given(model, known, {.chains = 2500, .sweeps = 30}, random).states;
            CHECK(test::chi_square_p(index.counts(states.blocks()), clamped.conditional(chain, 5)) > 1e-4);
        }
    });
}

TEST_CASE("means given some units are the exact conditional means", "[sampling][statistical]") {
    // Means of 40 independent calls; 5 standard errors of 40: 1e-5 each, about 120 looked at.
    test::for_each_discrete_model([](auto const& strong) {
        BoltzmannMachine<double> const model = test::weakened(strong, 0.5);
        test::MarkovChain chain{model};
        test::ClampedModel const clamped{model, 2};
        auto const conditional = clamped.conditional(chain, 5);
        auto const known = clamped.known(model, chain, 5, 1);
        Random random{1};
        test::Repetitions found;
        for (std::size_t repetition = 0; repetition < 40; ++repetition) {
            auto const means = mean_given(model, known, {.chains = 4, .sweeps = 20, .reads = 25}, random).mean;
            std::vector<double> run;
            for (std::size_t l = 0; l < model.layers(); ++l)
                for (double const m : means[l].row(0)) run.push_back(m);
            found.add(run);
        }
        std::vector<double> expected;
        for (std::size_t l = 0; l < model.layers(); ++l)
            for (std::size_t j = 0; j < chain.joint[l].columns; ++j) {
                double mean = 0;
                for (std::size_t i = 0; i < conditional.size(); ++i) mean += conditional[i] * chain.joint[l](i, j);
                expected.push_back(mean);
            }
        CHECK(found.worst_score(expected) < 5);
    });
}

TEST_CASE("the posterior of a layer with clamped neighbours only is exact after one read", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    Matrix<double> visible = xt::zeros<double>({2, 4});
    visible(0, 1) = 1;
    visible(1, 2) = 0.3; // a grey value is a mean and enters as it is
    Given given{model, 2};
    given.clamp(0, visible);
    Random random{1};
    auto const means = mean_given(model, given, {.chains = 1, .sweeps = 0, .reads = 1}, random).mean;
    States<double> expected{2, model.sizes()};
    copy(visible, expected[0]);
    mean_update(model, expected.blocks(), expected.blocks(), 1);
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 3; ++j) CHECK(means[1](i, j) == Approx(expected[1](i, j)).epsilon(1e-14));
    CHECK(means[0](1, 2) == 0.3);
}

TEST_CASE("copies of a case stand side by side, and no number of threads changes them", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    test::MarkovChain chain{model};
    test::ClampedModel const clamped{model, 1};
    Given<float> const first = clamped.known(model, chain, 5, 1);
    Given<float> two{model, 2};
    Matrix<float> values = xt::zeros<float>({2, 2});
    values(0, 0) = values(1, 1) = 1;
    values(0, 1) = values(1, 0) = -1;
    two.clamp(2, values);
    auto const with = [&](std::size_t threads) {
        Random random{3};
        return sample_given(model, two,
                            {.chains = 50, .sweeps = 12, .compute = {.threads = threads, .block_rows = 8}}, random);
    };
    auto const one = with(1);
    auto const three = with(3);
    REQUIRE(one.states.rows() == 100);
    for (std::size_t l = 0; l < 3; ++l) CHECK(same(one.states[l], three.states[l]));
    for (std::size_t l = 0; l < 3; ++l) CHECK(same(one.agreement.r_hat[l], three.agreement.r_hat[l]));
    for (std::size_t i = 0; i < 100; ++i) CHECK(one.states[2](i, 0) == values(i / 50, 0));
    auto const means = [&](std::size_t threads) {
        Random random{3};
        return mean_given(model, first,
                          {.chains = 30, .sweeps = 2, .reads = 5, .compute = {.threads = threads, .block_rows = 8}},
                          random);
    };
    auto const of_one = means(1);
    auto const of_three = means(3);
    for (std::size_t l = 0; l < 3; ++l) {
        CHECK(same(of_one.mean[l], of_three.mean[l]));
        CHECK(same(of_one.standard_error[l], of_three.standard_error[l]));
        CHECK(same(of_one.agreement.r_hat[l], of_three.agreement.r_hat[l]));
    }
}

TEST_CASE("what no unit can have is refused before anything is drawn", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    Random random{1};
    auto const nothing = [&](auto const& given) { (void)sample_given(model, given, {.sweeps = 1}, random); };
    Matrix<double> counts = xt::zeros<double>({1, 3});
    counts(0, 0) = 4; // of 3 trials
    counts(0, 1) = std::numeric_limits<double>::quiet_NaN();
    Matrix<double> mask = xt::zeros<double>({1, 3});
    mask(0, 0) = 1;
    Given given{model, 1};
    given.clamp(0, counts, mask);
    CHECK_THROWS_AS(nothing(given), ValueError);
    CHECK_THROWS_WITH(nothing(given), contains_text("layer 0 of given"));
    counts(0, 0) = 2;
    CHECK_NOTHROW(nothing(given.clamp(0, counts, mask))); // what is not known may be anything
    mask(0, 1) = 1;
    CHECK_THROWS_AS(nothing(given.clamp(0, counts, mask)), ValueError);

    Given const free{model, 1};
    CHECK_THROWS_AS(sample_given(model, free, {.chains = 0}, random), ValueError);
    CHECK_THROWS_AS(mean_given(model, free, {.chains = 0}, random), ValueError);
    CHECK_THROWS_AS(mean_given(model, free, {.reads = 0}, random), ValueError);
    Given const other{test::bernoulli_dbm(), 1};
    CHECK_THROWS_AS(sample_given(model, other, {}, random), ShapeError);
}

} // namespace test_sample_given
