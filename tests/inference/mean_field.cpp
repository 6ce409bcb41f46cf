// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/evaluation/likelihood/elbo.hpp>
#include <boltz/inference/mean_field.hpp>

#include <limits>

namespace test_mean_field {

using namespace boltz;

namespace {

constexpr LayerSet bottom = LayerSet::of(0);

// States whose observed layers hold draws from the units' biases.
States<double> data_for(BoltzmannMachine<double> const& model, std::size_t rows, LayerSet observed) {
    States<double> states{rows, model.sizes()};
    for (std::size_t l = 0; l < model.layers(); ++l) {
        if (!observed[l]) continue;
        model.input(l, states.blocks(), states[l], {.below = 0, .above = 0});
        model.unit(l).sample(states[l], Draws::from_seed(40 + l));
    }
    return states;
}

InferenceReport infer(BoltzmannMachine<double> const& model, States<double>& states, LayerSet observed,
                      MeanField const& policy) {
    Executor executor{Compute{}};
    return policy.bind(model).infer(model, states.blocks(), observed, executor);
}

void check_bound(BoltzmannMachine<double> const& model, LayerSet observed) {
    for (double const damping : {0.0, 0.5, 0.9}) {
        auto states = data_for(model, 20, observed);
        std::vector<double> const truth = observed == LayerSet{} ? std::vector<double>(20, exact_log_partition(model))
                                                                 : exact_log_sum(model, states.blocks(), observed);
        std::vector<double> before(20, -std::numeric_limits<double>::infinity());
        for (std::size_t sweeps = 0; sweeps < 12; ++sweeps) {
            auto const report =
                infer(model, states, observed, {.max_sweeps = sweeps, .tolerance = 0, .damping = damping});
            CHECK((report.sweeps == sweeps || (report.converged && report.sweeps == 0)));
            auto const bound = unnormalised_elbo(model, states.blocks(), observed);
            for (std::size_t i = 0; i < 20; ++i) {
                CHECK(bound[i] >= before[i] - 1e-12);
                CHECK(bound[i] <= truth[i] + 1e-12);
            }
            before = bound;
        }
    }
}

} // namespace

TEST_CASE("a sweep never lowers the bound, damped or not, and the bound never exceeds the truth", "[inference]") {
    test::for_each_model([](BoltzmannMachine<double> const& model) {
        check_bound(model, bottom);
        check_bound(model, LayerSet::of(0, model.layers() - 1));
        check_bound(model, LayerSet{});
    });
    test::for_each_discrete_model(
        [](BoltzmannMachine<double> const& model) { check_bound(test::weakened(model, 2), bottom); });
}

TEST_CASE("a sweep never lowers the bound in trees and triangles, whichever layers are observed", "[inference]") {
    auto const check = [](BoltzmannMachine<double> const& model) {
        for (LayerSet const observed : {LayerSet::of(0, 1), LayerSet::of(1), LayerSet::of(0, 3)})
            check_bound(model, observed);
    };
    test::for_each_discrete_graph(check);
    check(test::randomised(test::gaussian_tree(), 0.7, 0.5, 14));
}

TEST_CASE("the bound is the exact log-probability where the layers above the first are unconnected", "[inference]") {
    test::for_each_model([](BoltzmannMachine<double> model) {
        for (std::size_t l = 1; l + 1 < model.layers(); ++l)
            for (auto& w : model.weights(l)) w = 0;
        auto states = data_for(model, 20, bottom);
        auto const report = infer(model, states, bottom, {});
        CHECK(report.converged);
        auto const bound = unnormalised_elbo(model, states.blocks(), bottom);
        CHECK(test::distance(bound, exact_log_sum(model, states.blocks(), bottom)) < 1e-10);
    });
}

TEST_CASE("what is found is a fixed point: each layer's means are those given its neighbours'", "[inference]") {
    auto const check = [](BoltzmannMachine<double> const& model) {
        auto states = data_for(model, 20, bottom);
        auto const report = infer(model, states, bottom, {.max_sweeps = 2000, .tolerance = 1e-13});
        REQUIRE(report.converged);
        CHECK(report.residual < 1e-13);
        for (std::size_t l = 1; l < model.layers(); ++l) {
            Matrix<double> means = xt::zeros<double>({std::size_t{20}, model.sizes()[l]});
            model.input(l, states.blocks(), Block{means});
            model.unit(l).mean(Block{means});
            for (std::size_t i = 0; i < 20; ++i)
                for (std::size_t j = 0; j < means.shape(1); ++j)
                    CHECK(states[l](i, j) == Approx(means(i, j)).margin(1e-11));
        }
    };
    test::for_each_model(check);
    test::for_each_discrete_graph(check);
}

TEST_CASE("the statistics of mean-field are the gradient of the bound", "[inference]") {
    test::for_each_model([](BoltzmannMachine<double> const& model) {
        auto const observed = bottom;
        auto const data = data_for(model, 3, observed);
        MeanField const policy{.max_sweeps = 5000, .tolerance = 1e-14};
        auto const bound = [&](BoltzmannMachine<double> const& m) {
            auto states = data;
            infer(m, states, observed, policy);
            auto const values = unnormalised_elbo(m, states.blocks(), observed);
            return (values[0] + values[1] + values[2]) / 3 - exact_log_partition(m);
        };
        auto states = data;
        infer(model, states, observed, policy);
        Phase<double> phase;
        phase.refer(states.blocks(), Moment::mean);
        phase.moments[0] = Moment::state;
        auto gradient = exact_expectations(model);
        Executor executor{Compute{}};
        model.accumulate(phase, {.factor = 1.0 / 3, .keep = -1}, gradient, executor);
        CHECK(test::gradient_error(model, gradient, bound) < 1e-6);
    });
}

TEST_CASE("without sweeps the means are those of one bottom-up pass with the lower layer counted twice",
          "[inference]") {
    BoltzmannMachine<double> const model = test::randomised(test::four_layers(), 1.2, 0.7, 3);
    auto states = data_for(model, 6, bottom);
    auto const report = infer(model, states, bottom, {.max_sweeps = 0});
    CHECK(report.sweeps == 0);
    CHECK_FALSE(report.converged);
    for (std::size_t l = 1; l < 4; ++l) {
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t j = 0; j < states[l].columns; ++j) {
                double x = 0;
                for (std::size_t k = 0; k < states[l - 1].columns; ++k)
                    x += states[l - 1](i, k) * model.weights(l - 1)(k, j);
                x = model.layer(l).bias()(j) + (l < 3 ? 2 : 1) * x;
                CHECK(states[l](i, j) == Approx(1 / (1 + std::exp(-x))));
            }
    }
}

TEST_CASE("all that is known of the neighbours counts twice at the start, observed or not", "[inference]") {
    using Layer = StochasticLayer<Bernoulli, double>;
    BoltzmannMachine<double> const model = test::randomised(
        BoltzmannMachine<double>{{{0, 2}, {1, 2}, {2, 3}}, Layer{3}, Layer{2}, Layer{4}, Layer{2}}, 1.2, 0.7, 5);
    auto states = data_for(model, 6, bottom);
    static_cast<void>(infer(model, states, bottom, {.max_sweeps = 0}));
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 4; ++j) {
            double x = model.layer(2).bias()(j);
            for (std::size_t k = 0; k < 3; ++k) x += 2 * states[0](i, k) * model.weights(0)(k, j);
            for (std::size_t k = 0; k < 2; ++k) x += 2 * states[1](i, k) * model.weights(1)(k, j);
            CHECK(states[2](i, j) == Approx(1 / (1 + std::exp(-x))));
        }
}

TEST_CASE("a layer between observed ones is exact at once", "[inference]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto states = data_for(model, 6, {true, false, true});
    auto const report = infer(model, states, {true, false, true}, {});
    CHECK(report.converged);
    CHECK(report.sweeps == 0);
    auto const bound = unnormalised_elbo(model, states.blocks(), {true, false, true});
    CHECK(test::distance(bound, exact_log_sum(model, states.blocks(), {true, false, true})) < 1e-12);
}

TEST_CASE("what the blocks of unobserved layers held before is not read", "[inference]") {
    auto const check = [](BoltzmannMachine<double> const& model) {
        for (std::size_t l = 0; l < model.layers(); ++l)
            for (LayerSet const observed : {LayerSet::of(l), ~LayerSet::of(l), LayerSet::of(0, l), LayerSet{}}) {
                auto clean = data_for(model, 6, observed);
                auto stale = clean;
                for (std::size_t k = 0; k < model.layers(); ++k)
                    for (std::size_t i = 0; i < 6 && !observed[k]; ++i)
                        for (double& s : stale[k].row(i)) s = std::numeric_limits<double>::quiet_NaN();
                infer(model, clean, observed, {.max_sweeps = 2});
                infer(model, stale, observed, {.max_sweeps = 2});
                for (std::size_t k = 0; k < model.layers(); ++k)
                    for (std::size_t i = 0; i < 6; ++i)
                        REQUIRE(std::equal(clean[k].row(i).begin(), clean[k].row(i).end(), stale[k].row(i).begin()));
            }
    };
    test::for_each_model(check);
    test::for_each_discrete_graph(check);
}

TEST_CASE("observed layers are left as they are", "[inference]") {
    auto const model = test::randomised(test::mixed_four_layers(), 0.8, 0.5, 5);
    auto states = data_for(model, 6, {true, false, false, true});
    auto const before = states;
    infer(model, states, {true, false, false, true}, {});
    for (std::size_t const l : {0u, 3u})
        for (std::size_t i = 0; i < 6; ++i)
            CHECK(std::equal(states[l].row(i).begin(), states[l].row(i).end(), before[l].row(i).begin()));
}

TEST_CASE("the report tells sweeps, residual and convergence of the worst block", "[inference]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    auto states = data_for(model, 50, bottom);
    auto session = MeanField{.max_sweeps = 500, .tolerance = 1e-6}.bind(model);
    Executor executor{Compute{.block_rows = 8}};
    auto const report = session.infer(model, states.blocks(), bottom, executor);
    CHECK(report.converged);
    CHECK(report.sweeps > 2);
    CHECK(report.residual < 1e-6);

    std::size_t most = 0;
    for (std::size_t first = 0; first < 50; first += 8) {
        auto part = data_for(model, 50, bottom);
        auto const blocks = part.blocks().row_range(first, std::min<std::size_t>(8, 50 - first));
        most = std::max(most, session.infer(model, blocks, bottom, executor).sweeps);
    }
    CHECK(report.sweeps == most);

    auto const hurried = MeanField{.max_sweeps = 1}.bind(model).infer(model, states.blocks(), bottom, executor);
    CHECK(hurried.sweeps == 1);
    auto const stubborn =
        MeanField{.max_sweeps = 40, .tolerance = 0}.bind(model).infer(model, states.blocks(), bottom, executor);
    CHECK(stubborn.sweeps == 40);
    CHECK_FALSE(stubborn.converged);
}

TEST_CASE("not-a-number is reported, whichever block it is in", "[inference]") {
    auto const model = test::randomised(test::bernoulli_dbm(), 1.2, 0.7, 2);
    for (std::size_t const row : {0u, 9u, 19u}) {
        auto states = data_for(model, 20, bottom);
        states[0](row, 1) = std::numeric_limits<double>::quiet_NaN();
        Executor executor{Compute{.block_rows = 4}};
        auto const report = MeanField{}.bind(model).infer(model, states.blocks(), bottom, executor);
        CHECK(std::isnan(report.residual));
        CHECK_FALSE(report.converged);
    }
}

TEST_CASE("a session serves batches of any size and one unit a layer", "[inference]") {
    auto const model = test::randomised(test::bernoulli_dbm<double>(1, 1, 1), 1.0, 0.5, 2);
    auto session = MeanField{}.bind(model);
    Executor executor{Compute{.block_rows = 3}};
    for (std::size_t const rows : {7u, 1u, 12u, 4u}) {
        auto states = data_for(model, rows, bottom);
        auto again = states;
        session.infer(model, states.blocks(), bottom, executor);
        infer(model, again, bottom, {});
        for (std::size_t i = 0; i < rows; ++i) CHECK(states[2](i, 0) == Approx(again[2](i, 0)).margin(1e-3));
    }
}

TEST_CASE("mean-field refuses damping and tolerance out of range", "[inference]") {
    auto const model = test::bernoulli_dbm();
    CHECK_THROWS_AS(MeanField{.damping = 1}.bind(model), ValueError);
    CHECK_THROWS_AS(MeanField{.damping = -0.1}.bind(model), ValueError);
    CHECK_THROWS_AS(MeanField{.tolerance = -1}.bind(model), ValueError);
    CHECK_THROWS_AS(MeanField{.tolerance = std::numeric_limits<double>::quiet_NaN()}.bind(model), ValueError);
}

} // namespace test_mean_field
