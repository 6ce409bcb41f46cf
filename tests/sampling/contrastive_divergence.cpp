// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"

#include <boltz/sampling/contrastive_divergence.hpp>

namespace test_contrastive_divergence {

using namespace boltz;

namespace {

// A posterior whose layers of colour 1 (odd ones) are exact given fixed means of those of colour 0 (even ones), and
// the distribution of draws from it.
struct Start {
    Start(BoltzmannMachine<double> const& model, test::MarkovChain<double> const& chain)
        : means{1, model.sizes()}, p_odd(chain.odd.rows()) {
        copy(chain.even[0].row_range(chain.even.rows() / 2, 1), means[0]);
        for (std::size_t l = 0; l < model.layers(); ++l) {
            if (l == 0 || model.graph().colour(l) == 1) continue;
            model.input(l, means.blocks(), means[l], {.below = 0, .above = 0});
            model.unit(l).mean(means[l]);
        }
        std::vector<double> own(chain.odd.rows(), 0.0);
        for (std::size_t l = 0; l < model.layers(); ++l) {
            if (model.graph().colour(l) == 0) continue;
            auto const& unit = model.unit(l);
            model.input(l, means.blocks(), means[l]);
            unit.add_self_energy(chain.odd[l], std::span{own});
            for (std::size_t o = 0; o < p_odd.size(); ++o)
                for (std::size_t j = 0; j < means[l].columns; ++j) p_odd[o] += means[l](0, j) * chain.odd[l](o, j);
            unit.mean(means[l]);
        }
        for (std::size_t o = 0; o < p_odd.size(); ++o) p_odd[o] -= own[o];
        p_odd = test::normalised(p_odd);
    }

    States<double> means;
    std::vector<double> p_odd;
};

// The joint distribution of the chain's last two updates after k sweeps.
std::vector<double> after(test::MarkovChain<double> const& chain, std::vector<double> p_odd, std::size_t steps) {
    std::vector<double> joint;
    for (std::size_t k = 0; k < steps; ++k) {
        joint = chain.joint_from_even(chain.marginal_even(chain.joint_from_odd(p_odd)));
        p_odd = chain.marginal_odd(joint);
    }
    return joint;
}

// Statistics of CD as its session hands them out, 64 batches of 500 cases that are all the same.
test::Repetitions run(BoltzmannMachine<double> const& model, States<double>& start,
                      ContrastiveDivergence const& policy) {
    std::size_t const rows = 500;
    States<double> posterior{rows, model.sizes()};
    test::copy_rows<double>(start.blocks(), std::vector<std::size_t>(rows, 0), LayerSet::all(), posterior.blocks());
    auto session = policy.bind(model);
    Executor executor{Compute{}};
    test::Repetitions found;
    for (std::size_t batch = 0; batch < 64; ++batch) {
        auto const& phase = session.sample(model, posterior.blocks(), LayerSet::of(0),
                                           Draws::from_seed(3).stream(batch), Clock{}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 1.0 / static_cast<double>(rows)}, gradient, executor);
        found.add(test::numbers(gradient));
    }
    return found;
}

} // namespace

// Deviations beyond 5 standard errors, estimated from 64 batches, have probability 5e-6; about 1000 are looked at.
TEST_CASE("CD-k gives the statistics of k enumerated sweeps from the posterior", "[sampling][statistical]") {
    auto const check = [](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        Start start{model, chain};
        for (std::size_t const steps : {1u, 2u, 5u}) {
            auto const expected = chain.statistics(model, after(chain, start.p_odd, steps));
            for (Statistics const statistics : {Statistics::mixed, Statistics::samples}) {
                auto const found =
                    run(model, start.means, {.sweeps = static_cast<double>(steps), .statistics = statistics});
                CHECK(found.worst_score(expected) < 5);
                if (steps == 1) // and not those of one sweep more: the test can tell
                    CHECK(found.worst_score(chain.statistics(model, after(chain, start.p_odd, 2))) > 5);
            }
        }
    };
    test::for_each_discrete_model(check);
    check(test::randomised(test::two_visible_tree(), 0.9, 0.5, 11));
}

TEST_CASE("CD with means as reconstructions is another function of the hidden states, biased",
          "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    test::MarkovChain chain{model};
    Start start{model, chain};
    // E over h ~ p(h | v0) of v(h) m(v(h))', with v(h) the means given h.
    States<double> mean{chain.odd.rows(), model.sizes()};
    copy(chain.odd[1], mean[1]);
    mean_update(model, mean.blocks(), mean.blocks(), 0);
    mean_update(model, mean.blocks(), mean.blocks(), 1);
    auto gradient = model.make_gradient();
    Executor executor{Compute{}};
    for (std::size_t o = 0; o < chain.odd.rows(); ++o) {
        Phase<double> phase;
        phase.refer(mean.blocks().row_range(o, 1), Moment::state);
        model.accumulate(phase, {.factor = start.p_odd[o], .keep = 1}, gradient, executor);
    }
    auto const found = run(model, start.means, {.reconstruction = ContrastiveDivergence::Reconstruction::mean});
    CHECK(found.worst_score(test::numbers(gradient)) < 5);
    CHECK(found.worst_score(chain.statistics(model, after(chain, start.p_odd, 1))) > 5);
}

TEST_CASE("CD-1 of real-valued visible units is the integral over the reconstruction", "[sampling][statistical]") {
    auto rbm =
        test::randomised(RBM{test::layer<Gaussian>(1, Gaussian::learned()), test::layer<Bernoulli>(2)}, 1.0, 0.5, 8);
    rbm.visible().unit().parameters()[0] = 0.5;
    double const precision = std::exp(0.5);
    double const v0 = 0.8;
    // h ~ p(h | v0), v ~ N((a + W h) / p, 1 / p), and hidden means given v, by the trapezium rule.
    States<double> grid{801, rbm.sizes()};
    for (std::size_t i = 0; i < 801; ++i) grid[0](i, 0) = (static_cast<double>(i) - 400) * 0.025;
    mean_update(rbm, grid.blocks(), grid.blocks(), 1);
    States<double> start{1, rbm.sizes()};
    start[0](0, 0) = v0;
    mean_update(rbm, start.blocks(), start.blocks(), 1);
    auto gradient = rbm.make_gradient();
    Executor executor{Compute{}};
    for (std::size_t h = 0; h < 4; ++h) {
        double p_h = 1;
        double natural = rbm.visible().bias()(0);
        for (std::size_t k = 0; k < 2; ++k) {
            bool const on = (h >> k & 1) != 0;
            p_h *= on ? start[1](0, k) : 1 - start[1](0, k);
            natural += on ? rbm.weights()(0, k) : 0;
        }
        for (std::size_t i = 0; i < 801; ++i) {
            double const z = grid[0](i, 0) - natural / precision;
            double const density = std::sqrt(precision / (2 * M_PI)) * std::exp(-precision * z * z / 2);
            Phase<double> phase;
            phase.refer(grid.blocks().row_range(i, 1), Moment::state);
            rbm.accumulate(phase, {.factor = p_h * density * 0.025, .keep = 1}, gradient, executor);
        }
    }
    auto const expected = test::numbers(gradient);
    REQUIRE(expected.size() == 6); // two weights, three biases, one log precision
    CHECK(run(rbm, start, {}).worst_score(expected) < 5);
    CHECK(run(rbm, start, {.sweeps = 2}).worst_score(expected) > 5);
}

TEST_CASE("CD says which of its numbers are means", "[sampling]") {
    auto const model = test::randomised(test::four_layers(), 1.0, 0.5, 3);
    States<double> posterior{2, model.sizes()};
    Executor executor{Compute{}};
    auto const moments = [&](Statistics statistics, ContrastiveDivergence::Reconstruction reconstruction) {
        auto session = ContrastiveDivergence{.statistics = statistics, .reconstruction = reconstruction}.bind(model);
        return session.sample(model, posterior.blocks(), LayerSet::of(0), Draws::from_seed(1), Clock{}, executor)
            .moments;
    };
    using Reconstruction = ContrastiveDivergence::Reconstruction;
    constexpr Moment state = Moment::state;
    constexpr Moment mean = Moment::mean;
    CHECK(moments(Statistics::samples, Reconstruction::sampled) == std::vector{state, state, state, state});
    CHECK(moments(Statistics::mixed, Reconstruction::sampled) == std::vector{state, mean, state, mean});
    CHECK(moments(Statistics::means, Reconstruction::sampled) == std::vector{state, mean, mean, mean});
    CHECK(moments(Statistics::mixed, Reconstruction::mean) == std::vector{mean, mean, mean, mean});
}

TEST_CASE("the number of steps follows its schedule and is at least one", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    States<double> posterior{300, model.sizes()};
    Executor executor{Compute{}};
    auto const numbers = [&](Schedule const& steps, std::uint64_t epoch) {
        auto session = ContrastiveDivergence{.sweeps = steps}.bind(model);
        auto const& phase = session.sample(model, posterior.blocks(), LayerSet::of(0), Draws::from_seed(1),
                                           Clock{.epoch = epoch}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {}, gradient, executor);
        return test::numbers(gradient);
    };
    Schedule const growing = Schedule::per_epoch({1, 3});
    CHECK(numbers(growing, 0) == numbers(1, 0));
    CHECK(numbers(growing, 1) == numbers(3, 0));
    CHECK(numbers(1, 0) != numbers(3, 0));
    CHECK(numbers(0, 0) == numbers(1, 0));
    CHECK(numbers(2.6, 0) == numbers(3, 0));
}

TEST_CASE("CD takes batches of changing sizes, of one case and of one unit a layer", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_rbm(1, 1), 1.0, 1.0, 1);
    auto session = ContrastiveDivergence{}.bind(model);
    Executor executor{Compute{.block_rows = 4}};
    for (std::size_t const rows : {5u, 1u, 9u, 2u}) {
        States<double> posterior{rows, model.sizes()};
        auto const& phase =
            session.sample(model, posterior.blocks(), LayerSet::of(0), Draws::from_seed(1), Clock{}, executor);
        CHECK(phase.rows == rows);
        CHECK(phase.blocks[1].rows == rows);
    }
}

} // namespace test_contrastive_divergence
