// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"

#include <boltz/evaluation/annealing/adaptive_ladder.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/annealed_chains.hpp>
#include <boltz/evaluation/detail/annealing.hpp>
#include <boltz/evaluation/exact/exact.hpp>

using namespace boltz;

TEST_CASE("the longest step is found to one in a hundred", "[evaluation]") {
    auto const share = [](double end) { return std::exp(-std::pow(end - 0.25, 2) / 1e-4); };
    double const exact = std::sqrt(-std::log(0.9) * 1e-4);
    for (double const guess : {1e-9, 1e-3, 0.5, 2.0}) {
        double const length = boltz::detail::longest_step(0.25, guess, 0.9, share) - 0.25;
        CHECK(length <= exact);
        CHECK(length > 0.98 * exact);
    }
    CHECK(boltz::detail::longest_step(0.25, 0.1, 0.9, [](double) { return 1.0; }) == 1);
    // A share that is too small however short the step still leads on.
    double const shortest = boltz::detail::longest_step(0.25, 0.1, 0.9, [](double) { return 0.0; });
    CHECK(shortest > 0.25);
    CHECK(shortest < 0.2501);
}

// Chains of their own walk along the ladder: their shares scatter around the wanted one as those of the pilots did.
TEST_CASE("every step keeps the share that was asked for", "[evaluation][statistical]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto const base = uniform_base(model);
    Random random{61};
    Ladder const ladder = adapted_ladder(model, {.effective_share = 0.98, .chains = 4000}, random);
    REQUIRE(ladder.steps() > 5);
    Draws const draws = random.split();
    boltz::detail::AnnealedChains<double> chains{
        model, base, {}, boltz::detail::annealing_sums(model.graph(), {}), 4000};
    chains.condition();
    chains.draw_from_base(draws.stream(0));
    for (std::size_t k = 0; k < ladder.steps(); ++k) {
        std::vector<double> log_weights(4000, 0.0);
        if (k > 0) chains.move(ladder[k], boltz::detail::Order::up, draws.stream(k));
        chains.add_difference(ladder[k], ladder[k + 1], log_weights);
        double const share = boltz::detail::effective_share(log_weights);
        CHECK(share > 0.975);
        if (k + 1 < ladder.steps()) CHECK(share < 0.985);
    }
}

// Seven scores below 4.5 standard errors: 5e-5.
TEST_CASE("an adapted ladder is fixed and its estimates are unbiased", "[evaluation][statistical]") {
    Random random{62};
    test::for_each_model([&](auto const& model) {
        Ladder const ladder = adapted_ladder(model, {.effective_share = 0.9, .chains = 10}, random);
        CHECK(ladder.name() == "adapted");
        auto const found = log_partition(model, uniform_base(model), {.chains = 20000, .ladder = ladder}, random);
        CHECK(found.temperatures == ladder.steps());
        CHECK(std::abs(test::score(test::exponentials(found.log_weights, exact_log_partition(model)), 1)) < 4.5);
    });
}

TEST_CASE("stricter shares make more steps, and a base that is the model a single one", "[evaluation]") {
    auto model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    auto const steps = [&](double share) {
        Random random{63};
        return static_cast<double>(adapted_ladder(model, {.effective_share = share}, random).steps());
    };
    CHECK(steps(0.9975) > 1.6 * steps(0.99));
    CHECK(steps(0.9975) < 2.6 * steps(0.99));
    for (std::size_t c = 0; c < 2; ++c)
        for (auto& w : model.weights(c)) w = 0;
    Random random{1};
    CHECK(adapted_ladder(model, own_base(model), {}, random).steps() == 1);
}

TEST_CASE("the number of workers changes no step, and options are checked", "[evaluation]") {
    auto const model = test::randomised(test::wide_ends<float>(), 1.0, 0.7, 8);
    auto const with = [&](std::size_t threads) {
        Random random{64};
        auto const ladder = adapted_ladder(model, {.compute = {.threads = threads, .block_rows = 16}}, random);
        return std::vector<double>(ladder.betas().begin(), ladder.betas().end());
    };
    CHECK(with(1) == with(3));
    Random random{1};
    CHECK_THROWS_WITH(adapted_ladder(model, {.effective_share = 0.999, .max_steps = 3}, random),
                      contains_text("max_steps is 3"));
    CHECK_THROWS_AS(adapted_ladder(model, {.effective_share = 1}, random), ValueError);
    CHECK_THROWS_AS(adapted_ladder(model, {.effective_share = 0}, random), ValueError);
    CHECK_THROWS_AS(adapted_ladder(model, {.chains = 1}, random), ValueError);
    CHECK_THROWS_AS(adapted_ladder(model, {.max_steps = 0}, random), ValueError);
}
