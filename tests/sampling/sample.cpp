// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/markov_chain.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/sampling/sample.hpp>

#include <algorithm>

using namespace boltz;

TEST_CASE("samples after a long run have the model's probabilities", "[sampling][statistical]") {
    // One chi-square test at 1e-4 for each of 5 models.
    test::for_each_discrete_model([](auto const& strong) {
        BoltzmannMachine<double> const model = test::weakened(strong, 0.5);
        test::MarkovChain chain{model};
        Random random{7};
        auto states = sample(model, {.chains = 10000, .sweeps = 30}, random);
        test::StateIndex<double> const index{chain.joint.blocks(), LayerSet::all()};
        CHECK(test::chi_square_p(index.counts(states.blocks()), chain.stationary()) > 1e-4);
    });
}

TEST_CASE("samples without a sweep are draws from the biases", "[sampling][statistical]") {
    auto const model = test::randomised(test::bernoulli_rbm(2, 2), 1.0, 1.0, 1);
    auto independent = model;
    for (auto& w : independent.weights()) w = 0;
    test::MarkovChain chain{independent};
    Random random{7};
    auto states = sample(model, {.chains = 20000, .sweeps = 0}, random);
    test::StateIndex<double> const index{chain.joint.blocks(), {true, true}};
    CHECK(test::chi_square_p(index.counts(states.blocks()), chain.stationary()) > 1e-4);
}

TEST_CASE("the same seed gives the same samples and the next call others", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_dbm<float>(), 1.2, 0.7, 2);
    Random first{1};
    Random second{1};
    auto const a = sample(model, {.chains = 20, .sweeps = 3}, first);
    auto const b = sample(model, {.chains = 20, .sweeps = 3}, second);
    auto const c = sample(model, {.chains = 20, .sweeps = 3}, second);
    auto const same = [](auto const& x, auto const& y) { return std::equal(x[1].data, x[1].data + 60, y[1].data); };
    CHECK(same(a, b));
    CHECK_FALSE(same(b, c));
}

TEST_CASE("more chains leave the first ones as they are", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_dbm<float>(), 1.2, 0.7, 2);
    Random first{1};
    Random second{1};
    auto const few = sample(model, {.chains = 128, .sweeps = 3}, first);
    auto const many = sample(model, {.chains = 256, .sweeps = 3}, second);
    CHECK(std::equal(few[0].data, few[0].data + 128 * 3, many[0].data));
}

TEST_CASE("no samples at all are refused", "[sampling]") {
    auto const model = test::bernoulli_rbm();
    Random random{1};
    CHECK_THROWS_AS(sample(model, {.chains = 0}, random), ValueError);
    CHECK_THROWS_AS(sample(model, {.chains = 1, .compute = {.threads = 0}}, random), ValueError);
}

TEST_CASE("conditional means are A' of the natural parameters", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    Random random{1};
    auto states = sample(model, {.chains = 5, .sweeps = 1}, random);
    auto const means = conditional_means(model, states);
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 4; ++j) {
            double x = model.visible().bias()(j);
            for (std::size_t k = 0; k < 3; ++k) x += model.weights()(j, k) * states[1](i, k);
            CHECK(means(i, j) == Approx(1 / (1 + std::exp(-x))));
        }
}

TEST_CASE("chains that are read several times go on between reads", "[sampling]") {
    auto const model = test::randomised(test::bernoulli_dbm<float>(), 1.2, 0.7, 2);
    auto const draw = [&](SampleOptions const& options) {
        Random random{1};
        return sample(model, options, random);
    };
    auto const once = draw({.chains = 20, .sweeps = 5});
    auto const thrice = draw({.chains = 20, .sweeps = 5, .reads = 3, .thinning = 2});
    REQUIRE(thrice.rows() == 60);
    auto const same = [&](std::size_t read, auto const& other) {
        return std::equal(thrice[1].data + read * 60, thrice[1].data + (read + 1) * 60, other[1].data);
    };
    CHECK(same(0, once));
    CHECK_FALSE(same(1, once));
    CHECK_FALSE(std::equal(thrice[1].data + 60, thrice[1].data + 120, thrice[1].data + 120));

    Random random{1};
    std::size_t calls = 0;
    sample(model, {.chains = 20, .sweeps = 5, .reads = 3, .thinning = 2}, random,
           [&](std::size_t r, auto const& now) {
               CHECK(r == calls++);
               CHECK(same(r, now));
           });
    CHECK(calls == 3);
}

TEST_CASE("chains begin at given states, in turn", "[sampling]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    test::MarkovChain chain{model};
    States<double> start{2, model.sizes()};
    test::copy_rows<double>(chain.joint.blocks(), {7, 31}, {true, true, true}, start.blocks());
    Random random{1};
    auto const states = sample(model, start, {.chains = 5, .sweeps = 0}, random);
    for (std::size_t l = 0; l < 3; ++l)
        for (std::size_t i = 0; i < 5; ++i) CHECK(std::ranges::equal(states[l].row(i), start[l].row(i % 2)));
}

TEST_CASE("chains that begin at the model's distribution are there at every read", "[sampling][statistical]") {
    // One chi-square test at 1e-4 for each of 5 models and 3 reads.
    test::for_each_discrete_model([](BoltzmannMachine<double> const& model) {
        test::MarkovChain chain{model};
        std::size_t const count = 10000;
        States<double> start{count, model.sizes()};
        test::copy_rows<double>(chain.joint.blocks(), test::drawn_rows(chain.stationary(), count, 4), LayerSet::all(),
                                start.blocks());
        Random random{3};
        auto states = sample(model, start, {.chains = count, .sweeps = 2, .reads = 3}, random);
        test::StateIndex<double> const index{chain.joint.blocks(), LayerSet::all()};
        for (std::size_t r = 0; r < 3; ++r)
            CHECK(test::chi_square_p(index.counts(states.blocks().row_range(r * count, count)), chain.stationary()) >
                  1e-4);
    });
}

TEST_CASE("starts of other layers or with impossible states, and reads of nothing, are refused", "[sampling]") {
    auto const model = test::bernoulli_rbm();
    Random random{1};
    CHECK_THROWS_AS(sample(model, {.reads = 0}, random), ValueError);
    CHECK_THROWS_AS(sample(model, {.thinning = 0}, random), ValueError);
    CHECK_THROWS_AS(sample(model, States<double>{0, model.sizes()}, {}, random), ValueError);
    CHECK_THROWS_AS(sample(model, States<double>{1, std::array<std::size_t, 2>{4, 2}}, {}, random), ShapeError);
    States<double> impossible{1, model.sizes()};
    impossible[1](0, 2) = -1;
    CHECK_THROWS_AS(sample(model, impossible, {}, random), ValueError);
}

TEST_CASE("more chains or samples than memory can hold are refused by name", "[sampling]") {
    // A product that wraps around would make room for a few rows.
    auto const model = test::randomised(test::bernoulli_dbm<float>(), 1.2, 0.7, 2);
    auto const refused = [&](SampleOptions const& options) {
        Random random{1};
        return boltz_test::message_of<ValueError>([&] { static_cast<void>(sample(model, options, random)); });
    };
    std::size_t const huge = (std::size_t{1} << 62) + 1;
    CHECK_THAT(refused({.chains = huge}), contains_text("sample: 4611686018427387905 chains"));
    CHECK_THAT(refused({.chains = std::size_t{1} << 32, .reads = std::size_t{1} << 32}),
               contains_text("sample: 4294967296 chains x 4294967296 reads"));
    CHECK_THAT(refused({.chains = 2, .sweeps = 0, .reads = (std::size_t{1} << 63) + 1}), contains_text("reads"));
    // Chains that are read and not kept may be read without end, but must fit themselves.
    Random random{1};
    CHECK_THROWS_AS(sample(model, {.chains = huge}, random, [](std::size_t, auto const&) {}), ValueError);
    CHECK_THROWS_AS((States<float>{huge, std::array<std::size_t, 2>{4, 8}}), ValueError);
}
