// SPDX-License-Identifier: MIT
#include <boltz/detail/blas_kernels.hpp>
#include <boltz/model/prepared.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/own_model.hpp"
#include "support/trainings.hpp"

#include <boltz/evaluation/features/features.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/training/trainer.hpp>

namespace test_prepared {

// This program has no library of packed products; tests/onednn tests the one that has.

using namespace boltz;

namespace {

FitOptions options(Precision precision) {
    return {.epochs = 2, .batch_size = 5, .compute = {.precision = precision}};
}

Trainer const trainer{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}};

template <class M>
States<typename M::value_type> some_states(M const& model, std::size_t rows) {
    States<typename M::value_type> states{rows, model.sizes()};
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        model.input(l, states.blocks(), states[l], {.below = 0, .above = 0});
        model.template layer<l>().unit().sample(states[l], Draws::from_seed(l));
    });
    return states;
}

} // namespace

TEST_CASE("without a library of products a prepared model is the model, to the bit", "[model]") {
    auto const check = [](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        using T = typename M::value_type;
        Prepared prepared{model, Compute{.threads = 2}};
        CHECK(prepared.sizes() == model.graph().sizes());
        auto states = some_states(model, 7);
        boltz::detail::for_each_index<M::depth>([&](auto l) {
            CHECK(&prepared.unit(l) == &model.unit(l));
            for (Factors const& factors : {Factors{}, Factors{.below = 2, .above = 0.5, .bias = 0, .keep = 1}}) {
                Matrix<T> a = xt::ones<T>({std::size_t{7}, model.sizes()[l]});
                Matrix<T> b = a;
                model.input(l, states.blocks(), a, factors);
                prepared.input(l, states.blocks(), b, factors);
                CHECK(std::equal(a.begin(), a.end(), b.begin()));
            }
        });
    };
    test::for_each_model<float>(check);
    test::for_each_model<double>(check);
}

TEST_CASE("a prepared model says what multiplies", "[model]") {
    auto const narrow = test::bernoulli_rbm<float>();
    auto const wide = test::bernoulli_dbm<double>();
    CHECK(Prepared{narrow}.description() == "float32 by " + detail::describe_blas());
    CHECK(Prepared{narrow, Compute{}}.description() == "float32 by " + detail::describe_blas());
    CHECK(Prepared{narrow, Compute{.precision = Precision::float32}}.description() ==
          "float32 by " + detail::describe_blas());
    CHECK(Prepared{wide, Compute{}}.description() == "float64 by " + detail::describe_blas());
    CHECK(Prepared{wide, Compute{.precision = Precision::float32}}.description() ==
          "float64 by " + detail::describe_blas());
}

TEST_CASE("bfloat16 asked for by name is refused where it cannot be had, and the message says why", "[model]") {
    auto const refused = [](auto model, auto const& data, std::string const& reason) {
        Compute const compute{.precision = Precision::bfloat16};
        CHECK_THROWS_AS((Prepared{model, compute}), ValueError);
        CHECK_THROWS_WITH((Prepared{model, compute}), contains_text("bfloat16") && contains_text(reason));
        auto const before = test::parameters(model);
        Random random{1};
        CHECK_THROWS_AS(trainer.fit(model, data, options(Precision::bfloat16), random), ValueError);
        CHECK_THROWS_WITH(trainer.fit(model, data, options(Precision::bfloat16), random), contains_text(reason));
        Random untouched{1};
        CHECK(test::same(to_arrays(random), to_arrays(untouched)));
        CHECK(test::same(test::parameters(model), before));
        CHECK_THROWS_AS(features<1>(model, data, ExactPosterior{}, compute), ValueError);
        CHECK_THROWS_WITH(features<1>(model, data, ExactPosterior{}, compute), contains_text(reason));
        CHECK_THROWS_AS(sample(model, {.chains = 2, .sweeps = 1, .compute = compute}, random), ValueError);
        CHECK_THROWS_WITH(sample(model, {.chains = 2, .sweeps = 1, .compute = compute}, random),
                          contains_text(reason));
        // What was refused can go on with another precision.
        CHECK_NOTHROW(trainer.fit(model, data, options(Precision::automatic), random));
    };
    refused(test::bernoulli_rbm<float>(9, 4), test::bars<float>(3), "without oneDNN");
    refused(test::bernoulli_rbm<double>(9, 4), test::bars<float>(3), "double");
}

TEST_CASE("a refused precision leaves the random numbers of sample as they were", "[model]") {
    auto const model = test::bernoulli_rbm<double>(9, 4);
    Random random{1};
    Random untouched{1};
    SampleOptions const options_of_sample{.chains = 2, .sweeps = 1, .compute = {.precision = Precision::bfloat16}};
    CHECK_THROWS_AS(sample(model, options_of_sample, random), ValueError);
    CHECK(test::same(to_arrays(random), to_arrays(untouched)));
}

TEST_CASE("a user's own model trains, infers and samples as the one it is made of", "[model]") {
    auto rbm = test::randomised(test::bernoulli_rbm<float>(9, 4), 0.1, 0.1, 1);
    test::OwnModel own{rbm};
    STATIC_REQUIRE(concepts::Model<test::OwnModel<decltype(rbm)>>);
    auto const data = test::bars<float>(3);
    for (Precision const precision : {Precision::automatic, Precision::float32}) {
        Random random{2};
        Random same_random{2};
        trainer.fit(rbm, data, options(precision), random);
        auto const report = trainer.fit(own, data, options(precision), same_random);
        CHECK(report.products == "the model's own products");
        CHECK(test::same(test::parameters(rbm), test::parameters(own)));
        auto const means = features<1>(rbm, data, ExactPosterior{});
        auto const of_own = features<1>(own, data, ExactPosterior{});
        CHECK(std::equal(means.begin(), means.end(), of_own.begin()));
        auto const drawn = sample(rbm, {.chains = 5, .sweeps = 3}, random);
        auto const drawn_of_own = sample(own, {.chains = 5, .sweeps = 3}, same_random);
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(std::equal(drawn[0].row(i).begin(), drawn[0].row(i).end(), drawn_of_own[0].row(i).begin()));
    }
}

TEST_CASE("precisions have names", "[model]") {
    CHECK(to_string(Precision::automatic) == "automatic");
    CHECK(to_string(Precision::float32) == "float32");
    CHECK(to_string(Precision::bfloat16) == "bfloat16");
}

} // namespace test_prepared
