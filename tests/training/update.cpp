// SPDX-License-Identifier: MIT
#include <boltz/training/detail/update.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/small_models.hpp"

#include <boltz/model/prepared.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace test_update {

using namespace boltz;

namespace {

/// All parameters of a model, one after the other.
std::vector<double> all_parameters(AnyParametric<double>& model) {
    std::vector<double> numbers;
    model.for_each_parameter(
        [&](Parameter, auto values) { numbers.insert(numbers.end(), values.begin(), values.end()); });
    return numbers;
}

/// States as a phase may hold them, whatever the units.
States<double> some_states(AnyField<double> const& model, std::size_t rows, std::uint64_t seed) {
    States<double> states{rows, model.sizes()};
    for (std::size_t l = 0; l < model.layers(); ++l) {
        model.input(l, states.blocks(), states[l], {.below = 0, .above = 0});
        model.unit(l).sample(states[l], Draws::from_seed(seed).stream(l));
    }
    return states;
}

/// An optimizer that shows nothing but `step`.
template <class Session>
struct Whole final : OptimizerSession<double> {
    Session inner;
    explicit Whole(Session session) : inner{std::move(session)} {}
    void step(AnyParametric<double>& model, ParameterSet<double>& gradient, Clock const& clock,
              Executor& executor) override {
        inner.step(model, gradient, clock, executor);
    }
    void archive(Archive& archive) override { inner.archive(archive); }
};

/// Three updates of a copy of the model by an optimizer's session.
std::vector<double> after_updates(BoltzmannMachine<double> model, OptimizerSession<double>&& session,
                                  std::size_t threads) {
    auto data = some_states(model, 7, 1);
    auto chains = some_states(model, 4, 2);
    Executor executor{{.threads = threads}};
    Prepared<double> prepared{model};
    boltz::detail::Update<double> update{model};
    Phase<double> of_data, of_chains;
    of_data.refer(data.blocks(), Moment::state);
    of_chains.refer(chains.blocks(), Moment::state);
    Clock clock;
    for (; clock.update < 3; ++clock.update)
        update.apply(of_data, of_chains, model, prepared.packed(), session, clock, executor);
    return all_parameters(model);
}

Sgd const sgd{.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.01};

} // namespace

TEST_CASE("an update by parts moves all parameters as one of the whole gradient does", "[training]") {
    test::for_each_model<double>([](BoltzmannMachine<double> const& model) {
        auto const by_parts = after_updates(model, sgd.bind(model), 1);
        auto const whole = after_updates(model, Whole{sgd.bind(model)}, 1);
        auto unmoved = model;
        auto const before = all_parameters(unmoved);
        REQUIRE(by_parts.size() == whole.size());
        double difference = 0;
        double moved = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            difference = std::max(difference, std::abs(by_parts[i] - whole[i]));
            moved = std::max(moved, std::abs(whole[i] - before[i]));
        }
        CHECK(difference < 1e-13);
        CHECK(moved > 1e-3);
    });
}

TEST_CASE("the parts of an update are all rows of all weights, once, for any number of threads", "[training]") {
    // Rows that are no multiple of what is taken over together, fewer, and more than a share.
    for (std::size_t const rows : {1u, 15u, 17u, 100u, 600u}) {
        RBM model{test::layer<Bernoulli, double>(rows), test::layer<Bernoulli, double>(5)};
        for (std::size_t l = 0; l < 2; ++l) {
            model.layer(l).bias().fill(0.3);
        }
        auto const one = after_updates(model, sgd.bind(model), 1);
        auto const three = after_updates(model, sgd.bind(model), 3);
        CHECK((one == three));
        auto const whole = after_updates(model, Whole{sgd.bind(model)}, 1);
        double difference = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) difference = std::max(difference, std::abs(one[i] - whole[i]));
        CHECK(difference < 1e-13);
    }
}

} // namespace test_update
