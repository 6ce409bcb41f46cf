// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/optimizer/centred.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/optimizer/sparse.hpp>
#include <boltz/random.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_graphs {

using namespace boltz;

namespace {

using Machine = BoltzmannMachine<double>;
using Binary = StochasticLayer<Bernoulli, double>;

// Layers 0 and 1 below layer 2, which is below layer 3; and the same with weights between 0 and 1: no chain, no tree.
std::vector<Connection> const tree{{1, 2}, {0, 2}, {2, 3}};
std::vector<Connection> const triangle{{1, 2}, {0, 2}, {2, 3}, {0, 1}};

Machine machine(std::vector<Connection> const& connections) {
    Machine result{connections, Binary{3}, Binary{2}, Binary{4}, Binary{2}};
    std::size_t stream = 0;
    result.for_each_parameter([&](auto, auto values) { Draws::from_seed(1).stream(stream++).normal(0, 0, values); });
    return result;
}

States<double> random_states(std::size_t rows, std::vector<std::size_t> const& sizes, std::uint64_t seed) {
    States<double> states{rows, sizes};
    for (std::size_t l = 0; l < sizes.size(); ++l)
        for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(seed).stream(l).uniform(i, 0, states[l].row(i));
    return states;
}

double mean_of(States<double> const& states, std::size_t layer, std::size_t unit) {
    double sum = 0;
    for (std::size_t i = 0; i < states.rows(); ++i) sum += states[layer](i, unit);
    return sum / static_cast<double>(states.rows());
}

// The mean of b's + s'W s over some states, from loops over the definition.
double mean_score(Machine const& model, States<double> const& states) {
    double sum = 0;
    for (std::size_t n = 0; n < states.rows(); ++n) {
        for (std::size_t l = 0; l < model.layers(); ++l)
            for (std::size_t j = 0; j < model.layer(l).size(); ++j) sum += states[l](n, j) * model.layer(l).bias()(j);
        for (std::size_t c = 0; c < model.graph().connections().size(); ++c) {
            auto const [lower, upper] = model.graph().connections()[c];
            for (std::size_t i = 0; i < model.layer(lower).size(); ++i)
                for (std::size_t j = 0; j < model.layer(upper).size(); ++j)
                    sum += states[lower](n, i) * model.weights(c)(i, j) * states[upper](n, j);
        }
    }
    return sum / static_cast<double>(states.rows());
}

/// Moves a machine by its session along the statistics of two phases.
void move(Machine& model, OptimizerSession<double>& session, States<double>& data, States<double>& chains) {
    Executor executor{Compute{.threads = 2}};
    auto gradient = model.make_gradient();
    Phase<double> of_data, of_chains;
    of_data.refer(data.blocks(), Moment::state);
    of_chains.refer(chains.blocks(), Moment::state);
    session.observe(of_data, Clock{});
    model.accumulate(of_data, {.factor = 1.0 / static_cast<double>(data.rows()), .keep = 0}, gradient, executor);
    model.accumulate(of_chains, {.factor = -1.0 / static_cast<double>(chains.rows()), .keep = 1}, gradient, executor);
    session.step(model, gradient, Clock{}, executor);
}

} // namespace

// With offsets mu, b = c - (W' mu of lower neighbours) - (W mu of upper ones), where c are the biases of the centred
// machine. The step must be the gradient with respect to W and c of the difference of the phases' mean scores, which
// is linear in them: a difference quotient is exact. A layer that is frozen keeps b, so that its c is no parameter.
TEST_CASE("in any graph a centred step follows the gradient of the centred machine", "[optimizer]") {
    for (auto const& connections : {tree, triangle})
        for (std::size_t const frozen : {std::size_t{4}, std::size_t{1}, std::size_t{2}}) { // 4: none is
            CAPTURE(connections.size(), frozen);
            Machine const start = machine(connections);
            auto data = random_states(7, start.sizes(), 1);
            auto chains = random_states(6, start.sizes(), 2);
            auto const objective = [&](Machine const& m) { return mean_score(m, data) - mean_score(m, chains); };
            auto const mu = [&](std::size_t l, std::size_t i) { return mean_of(data, l, i); };
            Sgd sgd{.learning_rate = 1.0, .layer_rates = {1, 1, 1, 1}};
            if (frozen < 4) sgd.layer_rates[frozen] = 0;
            Machine model = start;
            auto session = Centred{sgd}.bind(model);
            move(model, session, data, chains);

            Machine expected = start;
            for (std::size_t c = 0; c < connections.size(); ++c) {
                std::size_t const lower = connections[c].lower;
                std::size_t const upper = connections[c].upper;
                for (std::size_t i = 0; i < start.layer(lower).size(); ++i)
                    for (std::size_t j = 0; j < start.layer(upper).size(); ++j) {
                        auto const change = [&](Machine& m, double by) { // of one weight, at fixed c
                            m.weights(c)(i, j) += by;
                            if (lower != frozen) m.layer(lower).bias()(i) -= by * mu(upper, j);
                            if (upper != frozen) m.layer(upper).bias()(j) -= by * mu(lower, i);
                        };
                        Machine other = start;
                        change(other, 1);
                        if (upper != frozen) change(expected, objective(other) - objective(start));
                    }
            }
            for (std::size_t l = 0; l < 4; ++l)
                for (std::size_t j = 0; j < start.layer(l).size() && l != frozen; ++j) {
                    Machine other = start;
                    other.layer(l).bias()(j) += 1;
                    expected.layer(l).bias()(j) += objective(other) - objective(start);
                }
            auto wanted = expected.make_gradient();
            for (std::size_t c = 0; c < connections.size(); ++c) wanted.weights[c] = expected.weights(c);
            for (std::size_t l = 0; l < 4; ++l) wanted.biases[l] = expected.layer(l).bias();
            model.for_each_parameter(
                [](auto, auto values, auto right) {
                    for (std::size_t k = 0; k < values.size(); ++k)
                        CHECK(values[k] == Approx(right[k]).margin(1e-12));
                },
                wanted);
            if (frozen < 4) CHECK((model.layer(frozen).bias() == start.layer(frozen).bias()));
            CHECK(to_arrays(session).contains("offsets_3"));
        }
}

TEST_CASE("a target pulls the weights from all layers that feed its own, and no others", "[optimizer]") {
    Machine const start = machine(tree);
    auto data = random_states(5, start.sizes(), 1);
    Phase<double> phase;
    phase.refer(data.blocks(), Moment::mean);
    Sparse const policy{Sgd{.learning_rate = 1.0}, {{.layer = 2, .target = 0.3, .cost = 0.5}}};
    Executor executor{Compute{}};
    for (bool const by_parts : {false, true}) {
        Machine model = start;
        auto session = policy.bind(model);
        REQUIRE(session.by_parts());
        auto gradient = model.make_gradient();
        session.observe(phase, Clock{});
        if (by_parts) {
            for (std::size_t c = 0; c < 3; ++c)
                for (std::size_t i = 0; i < model.weights(c).shape(0); ++i)
                    session.step_weights(model, gradient, Clock{}, {.connection = c, .first = i, .count = 1});
            session.step_but_weights(model, gradient, Clock{});
            CHECK_FALSE(session.finish_step(model, Clock{}, executor));
        } else {
            session.step(model, gradient, Clock{}, executor);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            double const pull = 0.5 * (0.3 - mean_of(data, 2, j));
            CHECK(model.layer(2).bias()(j) - start.layer(2).bias()(j) == Approx(pull));
            for (auto const& [c, lower] : {std::pair<std::size_t, std::size_t>{0, 1}, {1, 0}})
                for (std::size_t i = 0; i < model.layer(lower).size(); ++i)
                    CHECK(model.weights(c)(i, j) - start.weights(c)(i, j) == Approx(pull * mean_of(data, lower, i)));
        }
        CHECK((model.weights(2) == start.weights(2)));
        for (std::size_t const l : {0u, 1u, 3u}) CHECK((model.layer(l).bias() == start.layer(l).bias()));
        CHECK(to_arrays(session).contains("activities_3"));
    }
    auto const with = [&](std::size_t layer) {
        static_cast<void>(Sparse{Sgd{}, std::vector<SparsityTarget>{{.layer = layer}}}.bind(start));
    };
    CHECK_NOTHROW(with(3));
    for (std::size_t const below : {0u, 1u})
        CHECK_THROWS_WITH(with(below), contains_text("layer " + std::to_string(below)) &&
                                           contains_text("must be for the upper layer of a connection"));
    CHECK_THROWS_WITH(with(4), contains_text("hidden layers are 1 .. 3"));
}

TEST_CASE("models whose weights are not those of their graph cannot be centred nor made sparse", "[optimizer]") {
    struct Shared final : Machine { // as one with two connections that share one matrix
        using Machine::Machine;
        std::vector<Connection> one{{1, 2}};
        [[nodiscard]] std::vector<Connection> const& weight_connections() const noexcept override { return one; }
    };
    struct Factored final : Machine { // as one whose weights are products of smaller matrices
        using Machine::Machine;
        using Machine::weight_block;
        [[nodiscard]] Block<double> weight_block(std::size_t connection) override {
            return Machine::weight_block(connection).row_range(0, 1);
        }
    };
    Shared const shared{{{0, 2}, {1, 2}}, Binary{2}, Binary{2}, Binary{1}};
    Factored const factored{{{0, 1}}, Binary{2}, Binary{1}};
    CHECK_THROWS_WITH((Centred{Sgd{}}.bind(shared)), contains_text("Centred: the weights of the model"));
    CHECK_THROWS_WITH((Sparse{Sgd{}, {{.layer = 2}}}.bind(shared)),
                      contains_text("Sparse: the weights of the model"));
    CHECK_THROWS_AS((Centred{Sgd{}}.bind(factored)), ValueError);
    CHECK_THROWS_AS((Sparse{Sgd{}}.bind(factored)), ValueError);
}

} // namespace test_graphs
