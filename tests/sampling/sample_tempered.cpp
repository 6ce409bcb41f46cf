// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"
#include "support/tempered_models.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_tempered.hpp>

#include <algorithm>
#include <cmath>

namespace test_sample_tempered {

using namespace boltz;

namespace {

// The share of rows all of whose units are more on than off.
double upper_mode(Block<double const> visible) {
    double count = 0;
    for (std::size_t i = 0; i < visible.rows; ++i) {
        double sum = 0;
        for (double const s : visible.row(i)) sum += s;
        count += sum > static_cast<double>(visible.columns) / 2 ? 1 : 0;
    }
    return count / static_cast<double>(visible.rows);
}

} // namespace

TEST_CASE("tempered samples have the model's probabilities", "[sampling][statistical]") {
    // One chi-square test at 1e-4 for each of 6 models; couplings are strong.
    auto const check = [](auto const& model) {
        test::MarkovChain chain{model};
        Random random{7};
        auto const samples =
            sample_tempered(model, {.chains = 2000, .temperatures = 4, .adaptation = 20, .sweeps = 40}, random);
        test::StateIndex<double> const index{chain.joint, LayerSet::all()};
        CHECK(test::chi_square_p(index.counts(samples.states), chain.stationary()) > 1e-4);
    };
    test::for_each_discrete_model(check);
    check(test::randomised(test::two_visible_tree(), 0.9, 0.5, 11));
}

TEST_CASE("tempering moves between deep modes where Gibbs sampling does not", "[sampling][statistical]") {
    // Both modes have probability 1/2 short of e^-9, and draws from the biases are all in the lower one.
    auto const model = test::two_modes(4, 6.0);
    Random random{3};
    auto const stuck = sample(model, {.chains = 1000, .sweeps = 500}, random);
    CHECK(upper_mode(stuck[0]) < 0.01);
    auto const samples =
        sample_tempered(model, {.chains = 1000, .temperatures = 8, .adaptation = 300, .sweeps = 200}, random);
    // 5 standard deviations of a share of 1000: 6e-7.
    CHECK(std::abs(upper_mode(samples.states[0]) - 0.5) < 5 * std::sqrt(0.25 / 1000));
}

TEST_CASE("the ladder adapts to equal acceptances and is reported", "[sampling][statistical]") {
    auto const model = test::two_modes(6, 2.0);
    Random random{1};
    auto const spread = [&](std::size_t adaptation) {
        auto const report =
            sample_tempered(model, {.chains = 200, .temperatures = 6, .adaptation = adaptation, .sweeps = 400},
                            random)
                .report;
        CHECK(report.betas.size() == 6);
        CHECK(report.betas.front() == 1);
        CHECK(report.betas.back() == 0);
        REQUIRE(report.acceptance.size() == 5);
        auto const [least, most] = std::minmax_element(report.acceptance.begin(), report.acceptance.end());
        return *most - *least;
    };
    CHECK(spread(0) > 0.2);
    CHECK(spread(2000) < 0.05);
}

TEST_CASE("states that go from the base to the model are counted", "[sampling]") {
    // With two temperatures and no couplings every swap is accepted: from step 2 on a state that came from the lowest
    // temperature arrives at every second step, in which the pair (0, 1) is tried.
    auto free = test::bernoulli_rbm();
    Random random{1};
    auto const report =
        sample_tempered(free, {.chains = 7, .temperatures = 2, .adaptation = 0, .sweeps = 40}, random).report;
    CHECK(report.acceptance[0] == 1);
    CHECK(report.round_trips == 7 * 20);
    CHECK(report.warning().empty());
    // Far too few temperatures: nothing gets through.
    auto const far = test::two_modes(8, 9.0);
    auto const stuck =
        sample_tempered(far, {.chains = 10, .temperatures = 2, .adaptation = 0, .sweeps = 10}, random).report;
    CHECK(stuck.round_trips < 10);
    CHECK_THAT(stuck.warning(), contains_text("less than once each"));
}

TEST_CASE("reads of tempered chains stand one after another, whatever the threads", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_dbm<float>(), 1.2, 0.7, 2);
    auto const draw = [&](std::size_t threads) {
        Random random{1};
        return sample_tempered(model,
                               {.chains = 12,
                                .temperatures = 3,
                                .adaptation = 5,
                                .sweeps = 2,
                                .reads = 3,
                                .thinning = 2,
                                .compute = {.threads = threads, .block_rows = 4}},
                               random);
    };
    auto const one = draw(1);
    auto const three = draw(3);
    REQUIRE(one.states.rows() == 36);
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t i = 0; i < 36; ++i) CHECK(std::ranges::equal(one.states[l].row(i), three.states[l].row(i)));
    CHECK(one.report.betas == three.report.betas);
    CHECK(one.report.acceptance == three.report.acceptance);
    CHECK(one.report.round_trips == three.report.round_trips);
    Random random{1};
    std::size_t calls = 0;
    sample_tempered(model, uniform_base(model),
                    {.chains = 12, .temperatures = 3, .adaptation = 5, .sweeps = 2, .reads = 3, .thinning = 2},
                    random, [&](std::size_t r, auto const& states) {
                        CHECK(r == calls++);
                        CHECK(states.rows() == 12);
                    });
    CHECK(calls == 3);
}

TEST_CASE("tempered samples need chains, reads and temperatures", "[sampling]") {
    auto const model = test::bernoulli_rbm();
    Random random{1};
    CHECK_THROWS_AS(sample_tempered(model, {.chains = 0}, random), ValueError);
    CHECK_THROWS_AS(sample_tempered(model, {.reads = 0}, random), ValueError);
    CHECK_THROWS_AS(sample_tempered(model, {.thinning = 0}, random), ValueError);
    CHECK_THROWS_AS(sample_tempered(model, {.temperatures = 1}, random), ValueError);
    CHECK_THROWS_AS(sample_tempered(model, {.lowest = 1}, random), ValueError);
    CHECK_THROWS_AS(sample_tempered(model, uniform_base(test::bernoulli_rbm(3, 3)), {}, random), ShapeError);
    CHECK_THROWS_AS(sample_tempered(model, uniform_base(test::bernoulli_dbm(4, 3, 2)), {}, random), ShapeError);
    CHECK_THROWS_AS(sample_tempered(test::triangle(), {}, random), ValueError);
}

TEST_CASE("more tempered chains or samples than memory can hold are refused by name", "[sampling]") {
    auto const model = test::bernoulli_rbm<float>();
    auto const refused = [&](TemperingOptions const& options) {
        Random random{1};
        return boltz_test::message_of<ValueError>(
            [&] { static_cast<void>(sample_tempered(model, options, random)); });
    };
    CHECK_THAT(refused({.chains = std::size_t{1} << 32, .reads = std::size_t{1} << 32}),
               contains_text("sample_tempered: 4294967296 chains x 4294967296 reads"));
    Random random{1};
    CHECK_THROWS_AS(sample_tempered(model, uniform_base(model),
                                    {.chains = (std::size_t{1} << 62) + 1, .temperatures = 4}, random,
                                    [](std::size_t, auto const&) {}),
                    ValueError);
}

} // namespace test_sample_tempered
