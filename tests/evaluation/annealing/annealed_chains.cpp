// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/detail/annealed_chains.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>

namespace test_annealed_chains {

using namespace boltz;
using boltz::detail::AnnealedChains;
using boltz::detail::Order;

namespace {

// Two kept neighbours, strongly coupled, between two layers that are summed out.
auto kept_neighbours() {
    auto model = test::randomised(
        DBM{test::layer<Bernoulli>(2), test::layer<Bernoulli>(1), test::layer<Spin>(1), test::layer<Bernoulli>(2)},
        1.0, 0.5, 8);
    model.weights(1)(0, 0) = 2;
    return model;
}

// How often a sweep at the model leads from each state of the kept layers to each, from exact samples.
std::vector<double> transitions(AnyField<double> const& model, Order order, std::size_t count, std::uint64_t seed) {
    Random random{seed};
    auto const starts = exact_samples(model, count, random);
    auto const base = uniform_base(model);
    AnnealedChains<double> chains{model, base, {}, LayerSet::of(0, 3), count};
    for (std::size_t l = 0; l < 4; ++l) copy(starts[l], chains.states()[l]);
    chains.condition();
    chains.update_inputs();
    chains.move(1, order, random.split());
    auto const number = [&](StatesView<double const> states, std::size_t i) {
        return (states[1](i, 0) > 0 ? 1u : 0u) + (states[2](i, 0) > 0 ? 2u : 0u);
    };
    std::vector<double> counts(16, 0.0);
    for (std::size_t i = 0; i < count; ++i) counts[number(starts, i) * 4 + number(chains.states(), i)] += 1;
    return counts;
}

// The probability of counts that differ as much if both have one distribution.
double two_sample_p(std::vector<double> const& a, std::vector<double> const& b) {
    double statistic = 0, freedom = -1;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] + b[i] == 0) continue;
        statistic += (a[i] - b[i]) * (a[i] - b[i]) / (a[i] + b[i]);
        freedom += 1;
    }
    return test::chi_square_tail(statistic, freedom);
}

std::vector<double> backwards(std::vector<double> const& counts) {
    std::vector<double> result(16);
    for (std::size_t from = 0; from < 4; ++from)
        for (std::size_t to = 0; to < 4; ++to) result[to * 4 + from] = counts[from * 4 + to];
    return result;
}

} // namespace

// At 1e-4.
TEST_CASE("a sweep down is the time reversal of a sweep up, which is not its own", "[evaluation][statistical]") {
    auto const model = kept_neighbours();
    auto const up = transitions(model, Order::up, 100000, 91);
    auto const down = transitions(model, Order::down, 100000, 92);
    CHECK(two_sample_p(up, backwards(down)) > 1e-4);
    CHECK(two_sample_p(up, backwards(transitions(model, Order::up, 100000, 93))) < 1e-12);
}

// 1e-4 for each of two orders.
TEST_CASE("a sweep leaves the distribution of the kept layers as it is", "[evaluation][statistical]") {
    auto const model = kept_neighbours();
    auto all = test::all_states(model);
    auto const joint = test::normalised(test::naive_negative_energy(model, all));
    std::vector<double> expected(4, 0.0);
    for (std::size_t i = 0; i < joint.size(); ++i)
        expected[(all[1](i, 0) > 0 ? 1u : 0u) + (all[2](i, 0) > 0 ? 2u : 0u)] += joint[i];
    for (Order const order : {Order::up, Order::down}) {
        auto const counts = transitions(model, order, 100000, 94);
        std::vector<double> after(4, 0.0);
        for (std::size_t i = 0; i < 16; ++i) after[i % 4] += counts[i];
        CHECK(test::chi_square_p(after, expected) > 1e-4);
    }
}

TEST_CASE("differences of log-weights are those of the tempered models", "[evaluation]") {
    auto const check = [](auto const& model) {
        auto const base = uniform_base(model);
        LayerSet const summed = model.graph().of_colour(0);
        auto const states = test::all_states<double>(model, ~summed);
        AnnealedChains<double> chains{model, base, {}, summed, states.rows()};
        for (std::size_t l = 0; l < model.layers(); ++l) copy(states[l], chains.states()[l]);
        chains.condition();
        chains.update_inputs();
        for (auto const& [here, there] : {std::pair{0.0, 0.3}, std::pair{0.3, 1.0}, std::pair{1.0, 0.3}}) {
            std::vector<double> found(states.rows(), 1.5);
            chains.add_difference(here, there, found);
            auto const low = log_marginal(Tempered{model, base, here}, states, summed);
            auto const high = log_marginal(Tempered{model, base, there}, states, summed);
            for (std::size_t i = 0; i < states.rows(); ++i)
                CHECK(found[i] - 1.5 == Approx(high[i] - low[i]).margin(1e-11).epsilon(1e-11));
        }
    };
    test::for_each_discrete_model(check);
    test::for_each_discrete_graph(check);
}

} // namespace test_annealed_chains
