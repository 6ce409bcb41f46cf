// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"

#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/reverse_ais.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>

namespace test_reverse_ais {

using namespace boltz;

namespace {

template <class F>
void for_each_annealed_model(F&& f) {
    test::for_each_model(f);
    f(test::randomised(test::wide_ends(), 1.0, 0.7, 8));
    test::for_each_discrete_graph(f);
}

} // namespace

// Ten scores below 4.5 standard errors: a right estimator fails with probability 7e-5.
TEST_CASE("from exact samples the mean inverse weight is 1 / Z, and the estimate lies above log Z",
          "[evaluation][statistical]") {
    Random random{41};
    for_each_annealed_model([&](auto const& model) {
        double const truth = exact_log_partition(model);
        auto starts = exact_samples(model, 20000, random);
        auto const found = reverse_log_partition(model, starts, ChainStart::exact_samples,
                                                 {.chains = 20000, .ladder = Ladder::of({0, 0.3, 0.8, 1})}, random);
        CHECK(std::abs(test::score(test::exponentials(found.log_weights, truth, -1), 1)) < 4.5);
        CHECK(test::estimate(found.log_weights).mean > truth);
        CHECK(found.start == ChainStart::exact_samples);
        CHECK(found.base == "uniform");
        CHECK(found.trustworthy());
    });
}

TEST_CASE("without weights and to the model's own biases every inverse weight is 1 / Z", "[evaluation]") {
    Random random{42};
    test::for_each_model([&](auto model) {
        for (std::size_t c = 0; c < model.graph().connections().size(); ++c)
            for (auto& w : model.weights(c)) w = 0;
        auto const starts = exact_samples(model, 20, random);
        auto const found = reverse_log_partition(model, starts, ChainStart::exact_samples, own_base(model),
                                                 {.chains = 20, .ladder = Ladder::linear(7)}, random);
        CHECK(found.log_z == Approx(exact_log_partition(model)).epsilon(1e-13));
        CHECK(found.variance < 1e-24);
    });
}

// Chains up and down are each other's time reversal: E_up[exp(w) f(w)] = Z E_down[f(w)] for every function f, here
// w, w^2 and a step. Three scores a model below 4.5 standard errors: a right estimator fails with probability 2e-4.
TEST_CASE("chains down are the time reversal of chains up", "[evaluation][statistical]") {
    Random random{43};
    for_each_annealed_model([&](auto const& model) {
        std::size_t const runs = 40000;
        double const truth = exact_log_partition(model);
        auto starts = exact_samples(model, runs, random);
        Ais const ais{.chains = runs, .ladder = Ladder::of({0, 0.5, 1})};
        auto const up = log_partition(model, uniform_base(model), ais, random).log_weights;
        auto const down = reverse_log_partition(model, starts, ChainStart::exact_samples, ais, random).log_weights;
        auto const check = [&](auto&& f) {
            std::vector<double> of_up, of_down;
            for (double const w : up) of_up.push_back(std::exp(w - truth) * f(w - truth));
            for (double const w : down) of_down.push_back(f(w - truth));
            auto const a = test::estimate(of_up);
            auto const b = test::estimate(of_down);
            CHECK(std::abs(a.mean - b.mean) < 4.5 * std::hypot(a.error, b.error));
        };
        check([](double w) { return w; });
        check([](double w) { return w * w; });
        check([](double w) { return w > 0.2 ? 1.0 : 0.0; });
    });
}

// Nine models, both directions, at 4.5 standard errors: 1.2e-4.
TEST_CASE("the ratio of two models' Z comes from samples of either", "[evaluation][statistical]") {
    Random random{44};
    auto const check = [&](auto const& model) {
        auto other = model;
        for (std::size_t c = 0; c < model.graph().connections().size(); ++c)
            for (auto& w : other.weights(c)) w *= 0.7;
        for (auto& b : static_cast<BoltzmannMachine<double>&>(other).layer(0).bias()) b += 0.2;
        double const truth = exact_log_partition(model) - exact_log_partition(other);
        Ais const ais{.chains = 5000, .ladder = Ladder::linear(4)};
        auto starts = exact_samples(model, 5000, random);
        auto const found = log_partition_ratio(model, other, starts, ChainStart::exact_samples, ais, random);
        CHECK(std::abs(test::score(test::exponentials(found.log_weights, truth, -1), 1)) < 4.5);
        CHECK(found.base == "another model");
        auto other_starts = exact_samples(other, 5000, random);
        auto const back = log_partition_ratio(other, model, other_starts, ChainStart::exact_samples, ais, random);
        CHECK(std::abs(test::score(test::exponentials(back.log_weights, -truth, -1), 1)) < 4.5);
        CHECK(test::estimate(found.log_weights).mean > truth);
        CHECK(test::estimate(back.log_weights).mean > -truth);
    };
    test::for_each_model(check);
    test::for_each_discrete_graph(check);
    auto const same = test::randomised(test::wide_ends(), 1.0, 0.7, 8);
    auto starts = exact_samples(same, 50, random);
    auto const nothing = log_partition_ratio(same, same, starts, ChainStart::given_states,
                                             {.chains = 50, .ladder = Ladder::linear(5)}, random);
    CHECK(nothing.log_z == Approx(0).margin(1e-12));
    CHECK(nothing.variance < 1e-24);
}

// 200 seeds: the mean of 200 squares has deviation about 0.1; false alarm below 1e-5. Directions lie 3 errors the
// wrong way round by chance in one case of 740: more than 4 of 200 with probability below 2e-5.
TEST_CASE("both directions in one estimate have an honest error", "[evaluation][statistical]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    double const truth = exact_log_partition(model);
    Random random{45};
    std::vector<double> squares;
    double inner = 0;
    std::size_t contradictions = 0;
    for (int seed = 0; seed < 200; ++seed) {
        Ais const ais{.chains = 100, .ladder = Ladder::linear(20)};
        auto starts = exact_samples(model, 100, random);
        auto const up = log_partition(model, uniform_base(model), ais, random);
        auto const down = reverse_log_partition(model, starts, ChainStart::exact_samples, ais, random);
        auto const both = bennett_acceptance_ratio(up, down);
        squares.push_back(std::pow((both.log_z - truth) / both.standard_error, 2));
        inner += both.standard_error < up.standard_error && both.standard_error < down.standard_error;
        contradictions += both.contradiction > 3;
        CHECK(both.trustworthy() == (both.contradiction <= 3));
    }
    CHECK(contradictions <= 4);
    CHECK(std::abs(test::estimate(squares).mean - 1) < 0.45);
    CHECK(inner > 190);
}

TEST_CASE("the number of workers changes no inverse weight", "[evaluation]") {
    auto const model = test::randomised(test::wide_ends<float>(), 1.0, 0.7, 8);
    auto const weights = [&](std::size_t threads) {
        Random random{3};
        auto starts = exact_samples(model, 100, random);
        Ais const ais{.chains = 100, .ladder = Ladder::linear(20), .compute = {.threads = threads, .block_rows = 16}};
        auto result = reverse_log_partition(model, starts, ChainStart::exact_samples, ais, random).log_weights;
        auto const ratio = log_partition_ratio(model, test::randomised(model, 1.0, 0.7, 9), starts,
                                               ChainStart::exact_samples, ais, random);
        result.insert(result.end(), ratio.log_weights.begin(), ratio.log_weights.end());
        return result;
    };
    CHECK(weights(1) == weights(3));
}

TEST_CASE("starts and models that do not fit are refused", "[evaluation]") {
    auto const model = test::bernoulli_rbm();
    Random random{1};
    States<double> states{10, model.sizes()};
    Ais const ais{.chains = 10, .ladder = Ladder::linear(2)};
    auto const reverse = [&](ChainStart start, Ais const& how) {
        return reverse_log_partition(model, states, start, how, random);
    };
    CHECK_NOTHROW(reverse(ChainStart::given_states, ais));
    CHECK_THROWS_AS(reverse(ChainStart::base, ais), ValueError);
    CHECK_THROWS_WITH(reverse(ChainStart::given_states, {.chains = 9}),
                      contains_text("10 rows, but ais.chains is 9"));
    states[1](3, 1) = 2;
    CHECK_THROWS_AS(reverse(ChainStart::given_states, ais), ValueError);
    states[1](3, 1) = 0;
    auto const ratio = [&](auto const& a, auto const& b, auto const& blocks) {
        return log_partition_ratio(a, b, blocks, ChainStart::given_states, ais, random);
    };
    CHECK_THROWS_AS(ratio(model, test::bernoulli_rbm(4, 5), states.blocks()), ShapeError);
    auto const real = test::gaussian_rbm();
    auto precise = real;
    precise.visible().unit().parameters()[1] = 0.1;
    States<double> real_states{10, real.sizes()};
    CHECK_NOTHROW(ratio(real, real, real_states.blocks()));
    CHECK_THROWS_WITH(ratio(real, precise, real_states.blocks()), contains_text("units of layer 0"));
    auto const layer = [] { return test::layer<Bernoulli>(2); };
    BoltzmannMachine const path{{{0, 1}, {1, 2}}, layer(), layer(), layer()};
    BoltzmannMachine const ring{{{0, 1}, {1, 2}, {0, 2}}, layer(), layer(), layer()};
    States<double> zeros{10, path.sizes()};
    CHECK_THROWS_WITH(ratio(path, ring, zeros), contains_text("layer 0 has weights in common with other layers"));
    CHECK_THROWS_AS(ratio(path, model, zeros), ShapeError);
}

} // namespace test_reverse_ais
