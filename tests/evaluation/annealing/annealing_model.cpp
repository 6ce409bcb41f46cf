// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"

#include <boltz/evaluation/annealing/annealing_model.hpp>
#include <boltz/evaluation/exact/exact.hpp>

namespace test_annealing_model {

using namespace boltz;

namespace {

template <class F>
void for_each_rbm(F&& f) {
    f(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1));
    f(test::randomised(
        RBM{test::layer<Multinomial>(3, Multinomial{2}), JointLayer{test::layer<Spin>(2), test::layer<Bernoulli>(1)}},
        0.8, 0.5, 2));
}

} // namespace

// Base, one sweep at the model, worked out with matrices. 22 scores below 4.5 standard errors: 1.5e-4.
TEST_CASE("with one step the annealing model is one sweep from the base", "[evaluation][statistical]") {
    Random random{51};
    for_each_rbm([&](auto const& rbm) {
        test::MarkovChain chain{rbm};
        auto unconnected = rbm;
        for (auto& w : unconnected.weights()) w = 0;
        auto const base = own_base(rbm);
        test::MarkovChain start{unconnected};
        auto const p_base = start.marginal_even(start.stationary());
        auto const expected =
            chain.marginal_even(chain.joint_from_odd(chain.marginal_odd(chain.joint_from_even(p_base))));
        auto const found = annealing_model_log_probability(rbm, chain.even[0], base,
                                                           {.chains = 5000, .ladder = Ladder::linear(1)}, random);
        REQUIRE(found.size() == expected.size());
        for (std::size_t v = 0; v < expected.size(); ++v)
            CHECK(std::abs(found[v].annealing_model_log_probability - std::log(expected[v])) <
                  4.5 * found[v].standard_error);
    });
}

// Three ladders, two models, at 4.5 standard errors: 4e-5.
TEST_CASE("the annealing model's probabilities add up to 1", "[evaluation][statistical]") {
    Random random{52};
    for_each_rbm([&](auto const& rbm) {
        auto const visible = test::all_states(rbm, LayerSet::of(0));
        for (std::size_t const steps : {2u, 5u, 40u}) {
            auto const found = annealing_model_log_probability(
                rbm, visible[0], {.chains = 500, .ladder = Ladder::linear(steps)}, random);
            double sum = 0, variance = 0;
            for (auto const& estimate : found) {
                double const p = std::exp(estimate.annealing_model_log_probability);
                sum += p;
                variance += std::pow(p * estimate.standard_error, 2);
            }
            CHECK(std::abs(sum - 1) < 4.5 * std::sqrt(variance));
        }
    });
}

TEST_CASE("with a long ladder the annealing model is the model", "[evaluation][statistical]") {
    Random random{53};
    for_each_rbm([&](auto const& rbm) {
        auto const visible = test::all_states(rbm, LayerSet::of(0));
        auto const truth = exact_log_likelihood(rbm, visible[0]);
        auto const distance = [&](std::size_t steps) {
            auto const found = annealing_model_log_probability(
                rbm, visible[0], {.chains = 200, .ladder = Ladder::linear(steps)}, random);
            double worst = 0;
            for (std::size_t v = 0; v < truth.size(); ++v)
                worst = std::max(worst, std::abs(found[v].annealing_model_log_probability - truth[v]));
            return worst;
        };
        CHECK(distance(400) < 0.1);
        CHECK(distance(2) > 0.1);
    });
}

// The weights of a unit that is on in a heavy, narrow mode: chains from the uniform base stay in the wide one,
// exp(-3) of the mass, so their cases are more probable among what has become of chains than under the RBM. 20 cases,
// each more than 2 nats above its log p, with an error of less than 0.1: nothing here is near a limit.
TEST_CASE("where chains miss a mode the annealing model's probability of a case is above the RBM's", "[evaluation]") {
    RBM rbm{test::layer<Bernoulli>(24), test::layer<Bernoulli>(1)};
    for (auto& w : rbm.weights()) w = 4;
    rbm.hidden().bias()(0) = 3 + 24 * (std::log(2) - std::log1p(std::exp(4.0)));
    Matrix<double> cases = xt::zeros<double>({std::size_t{20}, std::size_t{24}});
    Random random{55};
    Draws const draws = random.split();
    for (std::size_t i = 0; i < 20; ++i)
        for (std::size_t j = 0; j < 24; ++j) cases(i, j) = static_cast<double>(draws.below(2, i, j));
    auto const truth = exact_log_likelihood(rbm, cases);
    auto const found =
        annealing_model_log_probability(rbm, cases, {.chains = 200, .ladder = Ladder::linear(10)}, random);
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].annealing_model_log_probability > truth[i] + 2);
        CHECK(found[i].standard_error < 0.1);
    }
}

TEST_CASE("the number of workers changes no estimate, and data must fit", "[evaluation]") {
    auto const rbm = test::randomised(test::bernoulli_rbm<float>(), 1.2, 0.7, 1);
    auto const visible = test::all_states(rbm, LayerSet::of(0));
    auto const with = [&](std::size_t threads) {
        Random random{54};
        std::vector<double> result;
        for (auto const& e : annealing_model_log_probability(
                 rbm, visible[0],
                 {.chains = 10, .ladder = Ladder::linear(5), .compute = {.threads = threads, .block_rows = 16}},
                 random))
            result.push_back(e.annealing_model_log_probability);
        return result;
    };
    CHECK(with(1) == with(3));
    Random random{1};
    Matrix<float> narrow = xt::zeros<float>({2, 3});
    CHECK_THROWS_AS(annealing_model_log_probability(rbm, narrow, {}, random), ShapeError);
    Matrix<float> wrong = xt::ones<float>({2, 4});
    wrong(1, 1) = 2;
    CHECK_THROWS_AS(annealing_model_log_probability(rbm, wrong, {}, random), ValueError);
    wrong(1, 1) = 0.5;
    CHECK_THROWS_WITH(annealing_model_log_probability(rbm, wrong, {}, random),
                      contains_text("1 of 2 cases") && contains_text("binarise"));
    CHECK(annealing_model_log_probability(rbm, Matrix<float>(xt::zeros<float>({0, 4})), {}, random).empty());
    BoltzmannMachine<float> const deep{{{0, 1}, {1, 2}},
                                       test::layer<Bernoulli, float>(4),
                                       test::layer<Bernoulli, float>(2),
                                       test::layer<Bernoulli, float>(2)};
    CHECK_THROWS_WITH(annealing_model_log_probability(deep, narrow, {}, random), contains_text("3 layers"));
}

} // namespace test_annealing_model
