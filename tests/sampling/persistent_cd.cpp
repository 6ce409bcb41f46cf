// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/archive.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/sampling/persistent_cd.hpp>

namespace test_persistent_cd {

using namespace boltz;

namespace {

// Statistics of chains that have run for 40 sweeps on frozen parameters, 40 independent sets of 200.
test::Repetitions run(BoltzmannMachine<double> const& model, Statistics statistics) {
    States<double> unused{1, model.sizes()};
    Executor executor{Compute{}};
    test::Repetitions found;
    for (std::size_t repetition = 0; repetition < 40; ++repetition) {
        auto session = PersistentCD{.chains = 200,
                                    .sweeps = Schedule::per_epoch({39, 1}),
                                    .start = PersistentCD::Start::random,
                                    .statistics = statistics}
                           .bind(model);
        Draws const draws = Draws::from_seed(5).stream(repetition);
        session.sample(model, unused.blocks(), {}, draws.stream(0), Clock{}, executor);
        auto const& phase =
            session.sample(model, unused.blocks(), LayerSet::of(0), draws.stream(1), Clock{.epoch = 1}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 1.0 / 200}, gradient, executor);
        found.add(test::numbers(gradient));
    }
    return found;
}

// E over the odd layers of the statistics of two rounds of means: what Statistics::means estimates.
std::vector<double> expected_of_means(BoltzmannMachine<double> const& model) {
    auto table = test::all_states(model, test::layers_of_parity(1));
    auto const p_odd = test::normalised(
        log_marginal(model, table.blocks(), test::layers_of_parity(0) & LayerSet::first(model.layers())));
    mean_update(model, table.blocks(), table.blocks(), 0);
    mean_update(model, table.blocks(), table.blocks(), 1);
    auto gradient = model.make_gradient();
    Executor executor{Compute{}};
    Phase<double> phase;
    for (std::size_t i = 0; i < p_odd.size(); ++i) {
        phase.refer(table.blocks().row_range(i, 1), Moment::mean);
        model.accumulate(phase, {.factor = p_odd[i], .keep = 1}, gradient, executor);
    }
    return test::numbers(gradient);
}

} // namespace

// Deviations beyond 5 standard errors, estimated from 40 sets, have probability 1e-5; about 600 are looked at.
TEST_CASE("persistent chains on frozen parameters give the exact expectations", "[sampling][statistical][slow]") {
    test::for_each_model([](auto const& random_model) {
        auto const model = test::weakened(random_model, 0.6);
        auto const truth = test::numbers(exact_expectations(model));
        CHECK(run(model, Statistics::mixed).worst_score(truth) < 5);
        CHECK(run(model, Statistics::samples).worst_score(truth) < 5);
    });
}

TEST_CASE("means on both colours are biased by exactly the covariance they drop", "[sampling][statistical]") {
    auto const check = [](BoltzmannMachine<double> const& model) {
        auto const found = run(model, Statistics::means);
        CHECK(found.worst_score(expected_of_means(model)) < 5);
        CHECK(found.worst_score(test::numbers(exact_expectations(model))) > 8);
    };
    check(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1));
    check(test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2));
}

TEST_CASE("chains begin at the cases of the batch, in turn", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    test::MarkovChain chain{model};
    std::vector<double> p_even(chain.even.rows(), 0.0);
    States<double> posterior{3, model.sizes()}; // 600 chains begin at three cases, 200 at each
    for (std::size_t i = 0; i < 3; ++i) {
        copy(chain.even[0].row_range(4 * i + 1, 1), posterior[0].row_range(i, 1));
        p_even[4 * i + 1] = 1.0 / 3;
    }
    auto const once = chain.joint_from_odd(chain.marginal_odd(chain.joint_from_even(p_even)));
    Executor executor{Compute{}};
    test::Repetitions found;
    for (std::size_t repetition = 0; repetition < 64; ++repetition) {
        auto session = PersistentCD{.chains = 600}.bind(model);
        auto const& phase = session.sample(model, posterior.blocks(), LayerSet::of(0), Draws::from_seed(repetition),
                                           Clock{}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 1.0 / 600}, gradient, executor);
        found.add(test::numbers(gradient));
    }
    CHECK(found.worst_score(chain.statistics(model, once)) < 5);
    CHECK(found.worst_score(chain.statistics(model, chain.stationary())) > 5);
}

TEST_CASE("chains that were saved and loaded go on to the bit", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    States<float> posterior{4, model.sizes()};
    for (std::size_t l = 0; l < 3; ++l) {
        model.unit(l).mean(posterior[l]);
    }
    Executor executor{Compute{}};
    PersistentCD const policy{.chains = 10, .sweeps = 2};
    auto const next = [&](PersistentCD::Session<float>& session, std::uint64_t update) {
        auto const& phase = session.sample(model, posterior.blocks(), LayerSet::of(0),
                                           Draws::from_seed(1).stream(update), Clock{.update = update}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {}, gradient, executor);
        return test::numbers(gradient);
    };
    auto unbroken = policy.bind(model);
    next(unbroken, 0);
    next(unbroken, 1);
    Arrays const saved = to_arrays(unbroken);
    auto const third = next(unbroken, 2);

    auto resumed = policy.bind(model);
    from_arrays(saved, resumed);
    CHECK(next(resumed, 2) == third);
    auto fresh = policy.bind(model);
    CHECK(next(fresh, 2) != third);

    auto other = PersistentCD{.chains = 11}.bind(model);
    CHECK_THROWS_AS(from_arrays(saved, other), FormatError);
    Arrays damaged = saved;
    damaged.erase("chains/layer_2");
    Arrays const before = to_arrays(resumed);
    CHECK_THROWS_AS(from_arrays(damaged, resumed), FormatError);
    CHECK(to_arrays(resumed).at("chains/layer_0").bytes == before.at("chains/layer_0").bytes);
}

TEST_CASE("persistent CD needs a chain, and a case to begin at", "[sampling]") {
    auto const model = test::bernoulli_rbm();
    CHECK_THROWS_AS(PersistentCD{.chains = 0}.bind(model), ValueError);
    auto session = PersistentCD{}.bind(model);
    Executor executor{Compute{}};
    CHECK_THROWS_AS(session.sample(model, {}, {}, Draws::from_seed(1), Clock{}, executor), ValueError);
}

} // namespace test_persistent_cd
