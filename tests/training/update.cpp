// SPDX-License-Identifier: MIT
#include <boltz/training/update.hpp>

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
template <class M>
std::vector<double> all_parameters(M& model) {
    std::vector<double> numbers;
    model.for_each_parameter([&](Parameter, auto values) {
        for (auto const value : values) numbers.push_back(static_cast<double>(value));
    });
    return numbers;
}

/// States as a phase may hold them, whatever the units.
template <class M>
States<typename M::value_type, M::depth> some_states(M const& model, std::size_t rows, std::uint64_t seed) {
    States<typename M::value_type, M::depth> states{rows, model.sizes()};
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        model.template input<l>(states.blocks(), states[l], {.below = 0, .above = 0});
        model.template layer<l>().unit().sample(states[l], Draws::from_seed(seed).stream(l));
    });
    return states;
}

/// Sgd that shows nothing but `step`.
struct Whole {
    Sgd sgd{};
    template <concepts::Model M>
    struct Session {
        decltype(std::declval<Sgd const&>().bind(std::declval<M const&>())) inner;
        void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
            inner.step(model, gradient, clock, executor);
        }
    };
};

/// Three updates of a copy of the model by an optimizer's session.
template <class M, class Session>
std::vector<double> after_updates(M model, Session session, std::size_t threads) {
    using T = typename M::value_type;
    auto data = some_states(model, 7, 1);
    auto chains = some_states(model, 4, 2);
    Executor executor{{.threads = threads}};
    Prepared<M> prepared{model};
    boltz::detail::Update<M> update{model};
    Clock clock;
    for (; clock.update < 3; ++clock.update)
        update.apply(Phase<T, M::depth>{data.blocks(), {}}, Phase<T, M::depth>{chains.blocks(), {}}, model, prepared,
                     session, clock, executor);
    return all_parameters(model);
}

Sgd const sgd{.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.01};

} // namespace

TEST_CASE("an update by parts moves all parameters as one of the whole gradient does", "[training]") {
    test::for_each_model<double>([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        auto const by_parts = after_updates(model, sgd.bind(model), 1);
        auto const whole = after_updates(model, Whole::Session<M>{sgd.bind(model)}, 1);
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
        boltz::detail::for_each_index<2>([&](auto l) { model.layer<l>().bias().fill(0.3); });
        auto const one = after_updates(model, sgd.bind(model), 1);
        auto const three = after_updates(model, sgd.bind(model), 3);
        CHECK((one == three));
        using M = decltype(model);
        auto const whole = after_updates(model, Whole::Session<M>{sgd.bind(model)}, 1);
        double difference = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) difference = std::max(difference, std::abs(one[i] - whole[i]));
        CHECK(difference < 1e-13);
    }
}

} // namespace test_update
