// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"
#include "support/tempered_models.hpp"

#include <boltz/archive.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/parallel_tempering.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>

namespace test_parallel_tempering {

using namespace boltz;

namespace {

// Statistics of chains that have run for 25 steps on frozen parameters, 40 independent sets of 100.
test::Repetitions run(AnyModel<double> const& model, ParallelTempering policy) {
    States<double> unused{1, model.sizes()};
    Executor executor{Compute{}};
    test::Repetitions found;
    policy.chains = 100;
    policy.sweeps = Schedule::per_epoch({24, 1});
    policy.start = ParallelTempering::Start::random;
    for (std::size_t repetition = 0; repetition < 40; ++repetition) {
        auto session = policy.bind<double>(model);
        Draws const draws = Draws::from_seed(5).stream(repetition);
        session.sample(model, unused, {}, draws.stream(0), Clock{}, executor);
        auto const& phase = session.sample(model, unused, {}, draws.stream(1), Clock{.epoch = 1}, executor);
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 1.0 / 100}, gradient, executor);
        found.add(test::numbers(gradient));
    }
    return found;
}

} // namespace

// Deviations beyond 5 standard errors, estimated from 40 sets, have probability 1e-5; about 1000 are looked at.
TEST_CASE("tempered chains on frozen parameters give the exact gradient", "[sampling][statistical][slow]") {
    auto const check = [](auto const& random_model) {
        auto const model = test::weakened(random_model, 0.6);
        auto const truth = test::numbers(exact_expectations(model));
        CHECK(run(model, {.temperatures = 3}).worst_score(truth) < 5);
        CHECK(run(model, {.temperatures = 3, .base = ParallelTempering::Base::own, .statistics = Statistics::samples})
                  .worst_score(truth) < 5);
    };
    test::for_each_model(check);
    check(test::randomised(test::two_visible_tree(), 0.9, 0.5, 11));
}

TEST_CASE("tempered chains give the gradient of a model with deep modes, and plain ones do not",
          "[sampling][statistical]") {
    auto const model = test::two_modes(4, 3.0);
    auto const truth = test::numbers(exact_expectations(model));
    States<double> zeros{1, model.sizes()};
    Executor executor{Compute{}};
    auto const statistics = [&](auto policy) {
        test::Repetitions found;
        for (std::size_t repetition = 0; repetition < 40; ++repetition) {
            auto session = policy.bind(model);
            Draws const draws = Draws::from_seed(6).stream(repetition);
            // Begins at the lower mode.
            auto const& phase = session.sample(model, zeros, {}, draws, Clock{}, executor);
            auto gradient = model.make_gradient();
            model.accumulate(phase, {.factor = 1.0 / 50}, gradient, executor);
            found.add(test::numbers(gradient));
        }
        return found;
    };
    CHECK(statistics(ParallelTempering{.chains = 50, .temperatures = 8, .sweeps = 150}).worst_score(truth) < 5);
    CHECK(statistics(PersistentCD{.chains = 50, .sweeps = 150}).worst_score(truth) > 20);
}

TEST_CASE("means on both colours are as biased as those of persistent CD", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    auto const found = run(model, {.temperatures = 3, .statistics = Statistics::means});
    CHECK(found.worst_score(test::numbers(exact_expectations(model))) > 8);
}

TEST_CASE("the ladder moves while a model learns, at a rate of 0 it does not", "[sampling]") {
    auto model = test::two_modes(6, 2.0);
    States<double> zeros{4, model.sizes()};
    Executor executor{Compute{}};
    auto const second = [&](Schedule adaptation) {
        auto session = ParallelTempering{.chains = 50, .temperatures = 4, .adaptation = adaptation}.bind(model);
        for (std::size_t k = 0; k < 200; ++k)
            session.sample(model, zeros, {}, Draws::from_seed(k), Clock{.update = k}, executor);
        return session.ladder().betas()[1];
    };
    CHECK(second(0) == TemperatureLadder{4}.betas()[1]);
    CHECK(std::abs(second(0.1) - TemperatureLadder{4}.betas()[1]) > 0.02);
}

TEST_CASE("a training with tempering learns, resumes to the bit, and does not depend on the threads", "[sampling]") {
    Matrix<float> data = xt::zeros<float>({20, 4});
    for (std::size_t i = 0; i < 20; i += 2)
        for (std::size_t j = 0; j < 4; ++j) data(i, j) = 1;
    using Layer = StochasticLayer<Bernoulli>;
    RBM const fresh{Layer{4}, Layer{3}};
    Trainer const trainer{ParallelTempering{.chains = 10, .temperatures = 4}, Sgd{.learning_rate = 0.2}};
    auto const train = [&](std::size_t epochs, Arrays const& from, std::size_t threads) {
        auto model = fresh;
        model.weights()(0, 0) = 0.1f;
        if (!from.empty()) from_arrays(from, model);
        Random random{5};
        auto session = trainer.bind(model);
        if (!from.empty()) from_arrays(from, session);
        session.fit(data, {.epochs = epochs, .batch_size = 6, .compute = {.threads = threads, .block_rows = 3}},
                    random);
        Arrays arrays = to_arrays(session);
        arrays.merge(to_arrays(model));
        return arrays;
    };
    auto const bytes = [](Arrays const& arrays) {
        std::vector<std::byte> all;
        for (auto const& [name, array] : arrays) all.insert(all.end(), array.bytes.begin(), array.bytes.end());
        return all;
    };
    Arrays const whole = train(6, {}, 1);
    CHECK(bytes(train(6, {}, 3)) == bytes(whole));
    CHECK(bytes(train(6, train(3, {}, 2), 1)) == bytes(whole));
    CHECK(bytes(train(3, {}, 1)) != bytes(whole));
}

TEST_CASE("tempering needs chains, temperatures, layers of two colours and a case to begin at", "[sampling]") {
    auto const model = test::bernoulli_rbm();
    CHECK_THROWS_AS(ParallelTempering{.chains = 0}.bind(model), ValueError);
    CHECK_THROWS_AS(ParallelTempering{.temperatures = 1}.bind(model), ValueError);
    CHECK_THROWS_AS(ParallelTempering{.lowest = 1}.bind(model), ValueError);
    CHECK_THROWS_WITH(ParallelTempering{}.bind(test::triangle()), contains_text("3 colours"));
    auto session = ParallelTempering{}.bind(model);
    Executor executor{Compute{}};
    CHECK_THROWS_AS(session.sample(model, {}, {}, Draws::from_seed(1), Clock{}, executor), ValueError);
}

} // namespace test_parallel_tempering
