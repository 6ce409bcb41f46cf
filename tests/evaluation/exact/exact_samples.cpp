// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>

using namespace boltz;

// Chi-square tests at 1e-4 each: seven models, so a right sampler fails one of 1400 times.
TEST_CASE("exact samples are as frequent as the model says", "[evaluation][statistical]") {
    Random random{71};
    auto const check = [&](auto const& model) {
        auto all = test::all_states(model);
        auto const probabilities = test::normalised(test::naive_negative_energy(model, all));
        auto samples = exact_samples(model, 20000, random);
        test::StateIndex const index{all.blocks(), LayerSet::all()};
        CHECK(test::chi_square_p(index.counts(samples.blocks()), probabilities) > 1e-4);
    };
    test::for_each_discrete_model(check);
    test::for_each_discrete_graph(check);
}

// About 40 scores of at most 4.5 standard errors: a right sampler fails with probability 3e-4.
TEST_CASE("exact samples of models with real-valued units have the exact moments", "[evaluation][statistical]") {
    Random random{72};
    test::for_each_gaussian_model([&](auto const& model) {
        auto const expected = test::numbers(exact_expectations(model));
        Executor executor{Compute{}};
        std::vector<std::vector<double>> parts;
        for (int batch = 0; batch < 40; ++batch) {
            auto samples = exact_samples(model, 500, random);
            auto gradient = model.make_gradient();
            Phase<double> phase;
            phase.refer(samples, Moment::state);
            model.accumulate(phase, {.factor = 1.0 / 500}, gradient, executor);
            parts.push_back(test::numbers(gradient));
        }
        for (std::size_t k = 0; k < expected.size(); ++k) {
            std::vector<double> values;
            for (auto const& part : parts) values.push_back(part[k]);
            auto const found = test::estimate(values);
            CHECK(std::abs(found.mean - expected[k]) < 4.5 * found.error);
        }
    });
}

// Chi-square at 1e-4: many portions, whose boundaries the draws must respect.
TEST_CASE("samples from many portions of configurations are right", "[evaluation][statistical]") {
    auto const rbm = test::randomised(test::bernoulli_rbm(17, 16), 0.4, 0.5, 3);
    Random random{73};
    auto samples = exact_samples(rbm, 50000, random);
    // The first eleven hidden units, by what is left when the other five are summed out.
    auto all = test::all_states(rbm, {false, true});
    auto const p = test::normalised(log_marginal(rbm, all.blocks(), LayerSet::of(0)));
    std::vector<double> cells(2048, 0.0), counts(2048, 0.0);
    for (std::size_t i = 0; i < p.size(); ++i) cells[i % 2048] += p[i];
    for (std::size_t i = 0; i < samples.rows(); ++i) {
        std::size_t index = 0;
        for (std::size_t k = 0; k < 11; ++k) index += samples[1](i, k) == 1 ? std::size_t{1} << k : 0;
        counts[index] += 1;
    }
    CHECK(test::chi_square_p(counts, cells) > 1e-4);
    std::vector<double> high(32, 0.0), high_counts(32, 0.0);
    for (std::size_t i = 0; i < p.size(); ++i) high[i / 2048] += p[i];
    for (std::size_t i = 0; i < samples.rows(); ++i) {
        std::size_t index = 0;
        for (std::size_t k = 0; k < 5; ++k) index += samples[1](i, 11 + k) == 1 ? std::size_t{1} << k : 0;
        high_counts[index] += 1;
    }
    CHECK(test::chi_square_p(high_counts, high) > 1e-4);
}

TEST_CASE("the number of workers changes neither samples nor sums", "[evaluation]") {
    auto const check = [](auto const& model) {
        auto const with = [&](std::size_t threads) {
            Random random{74};
            return exact_samples(model, 300, random, {.compute = {.threads = threads, .block_rows = 16}});
        };
        auto one = with(1);
        auto three = with(3);
        for (std::size_t l = 0; l < one.layers(); ++l)
            for (std::size_t i = 0; i < 300; ++i)
                CHECK(std::equal(one[l].row(i).begin(), one[l].row(i).end(), three[l].row(i).begin()));
        CHECK(exact_log_partition(model) == exact_log_partition(model, {.compute = {.threads = 3}}));
    };
    check(test::randomised(test::bernoulli_rbm<float>(17, 16), 0.4, 0.5, 3));
    check(test::randomised(test::gaussian_dbm(), 0.7, 0.5, 7));
    Random random{1};
    CHECK_THROWS_AS(exact_samples(test::bernoulli_rbm(), 0, random), ValueError);
    CHECK_THROWS_AS(exact_samples(test::bernoulli_rbm(), 1, random, {.max_states = 7}), ValueError);
}

TEST_CASE("more exact samples than memory can hold are refused by name") {
    Random random{1};
    auto const message = boltz_test::message_of<ValueError>(
        [&] { (void)exact_samples(test::bernoulli_rbm<float>(), (std::size_t{1} << 62) + 1, random); });
    CHECK_THAT(message, contains_text("exact_samples: 4611686018427387905 count"));
}
