// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/own_model.hpp"
#include "support/trainings.hpp"

#include <boltz/detail/blas_kernels.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/training/trainer.hpp>

namespace test_precision {

using namespace boltz;

namespace {

bool has_bfloat16() {
    REQUIRE(boltz::detail::product_library() != nullptr);
    std::string const reason = boltz::detail::without_bfloat16();
    if (!reason.empty()) WARN("no bfloat16: " << reason);
    return reason.empty();
}

/// What a training of two epochs in this precision leaves behind, and what multiplied in it.
template <class M, class Recipe, class Data>
std::pair<Arrays, std::string> trained(M model, Recipe const& recipe, Data const& data, Precision precision) {
    Random random{4};
    auto const report = recipe.fit(
        model, data, {.epochs = 2, .batch_size = 8, .compute = {.block_rows = 4, .precision = precision}}, random);
    return {test::parameters(model), report.products};
}

template <class M>
std::string products_of_training(M const& model) {
    Prepared prepared{model};
    prepared.choose(Precision::automatic, true);
    return prepared.description();
}

template <class T = float>
Matrix<T> real_data(std::size_t columns) {
    Matrix<T> data = xt::zeros<T>({std::size_t{32}, columns});
    for (std::size_t i = 0; i < 32; ++i) Draws::from_seed(9).normal(i, 0, Block{data}.row(i));
    return data;
}

Sgd const sgd{.learning_rate = 0.05};

template <class T = float>
auto gaussian_visible(std::size_t visible, std::size_t hidden, std::size_t upper) {
    return DBM{test::layer<Gaussian, T>(visible), test::layer<Bernoulli, T>(hidden),
               test::layer<Bernoulli, T>(upper)};
}

} // namespace

TEST_CASE("where it gains time, trainings take bfloat16 if states can be counted, and float32 everywhere else") {
    if (!has_bfloat16()) return;
    test::for_each_discrete_model<float>(
        [](auto const& model) { CHECK_THAT(products_of_training(model), contains_text("bfloat16 by oneDNN")); });
    test::for_each_gaussian_model<float>(
        [](auto const& model) { CHECK_THAT(products_of_training(model), contains_text("float32 by oneDNN")); });
    CHECK_THAT(products_of_training(gaussian_visible(3, 4, 5)), contains_text("bfloat16 and float32 by oneDNN"));
    // A joint layer with real values in one part counts as real-valued.
    DBM const joint{test::layer<Bernoulli, float>(4), test::layer<Bernoulli, float>(3),
                    JointLayer{test::layer<Gaussian, float>(1), test::layer<Bernoulli, float>(2)}};
    CHECK_THAT(products_of_training(joint), contains_text("bfloat16 and float32 by oneDNN"));
    CHECK(products_of_training(test::bernoulli_rbm<double>()) == "float64 by " + boltz::detail::describe_blas());

    auto const model = test::bernoulli_rbm<float>();
    CHECK_THAT((Prepared{model, Compute{}}.description()), contains_text("float32 by oneDNN"));
    CHECK_THAT((Prepared{model, Compute{.precision = Precision::bfloat16}}.description()),
               contains_text("bfloat16 by oneDNN"));
    CHECK_THAT(Prepared{model}.description(),
               contains_text("float32 by " + boltz::detail::describe_blas())); // nothing is packed yet
}

TEST_CASE("a training with real values is the same to the bit under automatic and float32, and not under bfloat16") {
    if (!has_bfloat16()) return;
    auto const rbm = test::randomised(test::gaussian_rbm<float>(), 0.3, 0.1, 1);
    Trainer const trainer{ContrastiveDivergence{}, sgd};
    auto const data = real_data(2);
    auto const [by_default, products] = trained(rbm, trainer, data, Precision::automatic);
    auto const in_float = trained(rbm, trainer, data, Precision::float32).first;
    auto const [rounded, by_name] = trained(rbm, trainer, data, Precision::bfloat16);
    CHECK_THAT(products, contains_text("float32 by oneDNN"));
    CHECK_THAT(by_name, contains_text("bfloat16 by oneDNN"));
    CHECK(test::same(by_default, in_float));
    CHECK_FALSE(test::same(by_default, rounded));
}

TEST_CASE("the inputs of and from real-valued layers are not rounded under automatic, the others are") {
    if (!has_bfloat16()) return;
    auto const model = test::randomised(gaussian_visible(30, 40, 50), 1, 0.1, 1);
    Prepared in_float{model, Compute{.precision = Precision::float32}};
    Prepared mixed{model};
    Prepared rounded{model, Compute{.precision = Precision::bfloat16}};
    Executor executor{Compute{}};
    mixed.choose(Precision::automatic, true);
    mixed.refresh(executor);
    States<float> states{5, model.sizes()};
    auto const normal = real_data(30);
    copy(Block<float const>{normal}.row_range(0, 5), states[0]);
    for (std::size_t l : {1u, 2u})
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < states[l].columns; ++j) states[l](i, j) = (i + j) % 3 == 0 ? 1.0f : 0.0f;
    auto const input = [&](auto const& field, auto layer, Factors const& factors) {
        States<float> out{5, model.sizes()};
        field.input(layer, states.blocks(), out[layer], factors);
        std::vector<float> numbers;
        for (std::size_t i = 0; i < 5; ++i)
            numbers.insert(numbers.end(), out[layer].row(i).begin(), out[layer].row(i).end());
        return numbers;
    };
    std::integral_constant<std::size_t, 0> const visible{};
    std::integral_constant<std::size_t, 1> const hidden{};
    std::integral_constant<std::size_t, 2> const upper{};
    CHECK((input(mixed, visible, {}) == input(in_float, visible, {})));
    CHECK((input(mixed, hidden, {.above = 0}) == input(in_float, hidden, {.above = 0})));
    CHECK((input(mixed, hidden, {.below = 0}) == input(rounded, hidden, {.below = 0})));
    CHECK((input(mixed, upper, {}) == input(rounded, upper, {})));
    CHECK((input(mixed, upper, {}) != input(in_float, upper, {})));
    CHECK((input(mixed, visible, {}) != input(rounded, visible, {})));
}

TEST_CASE("bfloat16 trains nearly as float32 does, and keeps its parameters in float") {
    if (!has_bfloat16()) return;
    auto const rbm = test::randomised(test::bernoulli_rbm<float>(9, 6), 0.1, 0.1, 1);
    Trainer const trainer{ContrastiveDivergence{}, Sgd{.learning_rate = 1e-4}};
    auto const data = test::bars<float>(3);
    Random random{4};
    Random same_random{4};
    auto coarse = rbm;
    auto fine = rbm;
    FitOptions options{.epochs = 1, .batch_size = 16};
    options.compute.precision = Precision::bfloat16;
    trainer.fit(coarse, data, options, random);
    options.compute.precision = Precision::float32;
    trainer.fit(fine, data, options, same_random);
    double worst = 0;
    double moved = 0;
    double moved_least = 1;
    for (std::size_t k = 0; k < rbm.weights().size(); ++k) {
        double const start = rbm.weights().data()[k];
        double const step = std::abs(coarse.weights().data()[k] - start);
        worst = std::max(worst, std::abs(double{coarse.weights().data()[k]} - double{fine.weights().data()[k]}));
        moved = std::max(moved, step);
        moved_least = std::min(moved_least, step);
    }
    // Steps of about 1e-5 are lost on rounded weights of about 0.1, whose spacing is 5e-4.
    CHECK(moved < 1e-4);
    CHECK(moved_least > 0);
    CHECK(worst < 0.01 * moved);
}

TEST_CASE("models in double refuse bfloat16 with a message that says so, and change nothing") {
    auto rbm = test::bernoulli_rbm<double>(9, 4);
    Compute const compute{.precision = Precision::bfloat16};
    Random random{1};
    Random untouched{1};
    Trainer const trainer{ContrastiveDivergence{}, sgd};
    auto const before = test::parameters(rbm);
    CHECK_THROWS_AS((Prepared{rbm, compute}), ValueError);
    CHECK_THROWS_WITH((Prepared{rbm, compute}), contains_text("bfloat16") && contains_text("double"));
    CHECK_THROWS_AS(trainer.fit(rbm, test::bars<float>(3), {.compute = compute}, random), ValueError);
    CHECK(test::same(to_arrays(random), to_arrays(untouched)));
    CHECK(test::same(test::parameters(rbm), before));
    CHECK_THROWS_AS(features<1>(rbm, test::bars<float>(3), ExactPosterior{}, compute), ValueError);
    CHECK_THROWS_AS(sample(rbm, {.chains = 2, .sweeps = 1, .compute = compute}, random), ValueError);
}

TEST_CASE("a training takes bfloat16 by itself exactly where it gains time") {
    bool const gains = boltz::detail::gains_by_bfloat16();
    if (gains) CHECK(boltz::detail::without_bfloat16().empty());
    auto const rbm = test::randomised(test::bernoulli_rbm<float>(9, 4), 0.1, 0.1, 1);
    Trainer const trainer{ContrastiveDivergence{}, sgd};
    auto const products = trained(rbm, trainer, test::bars<float>(3), Precision::automatic).second;
    CHECK_THAT(products, contains_text(gains ? "bfloat16 by oneDNN" : "float32 by"));
}

TEST_CASE("a processor without bfloat16 says so, and automatic goes on without it") {
    if (boltz::detail::without_bfloat16().empty()) return;
    auto rbm = test::bernoulli_rbm<float>(9, 4);
    CHECK_THROWS_AS((Prepared{rbm, Compute{.precision = Precision::bfloat16}}), ValueError);
    Random random{1};
    Trainer const trainer{ContrastiveDivergence{}, sgd};
    auto const report = trainer.fit(rbm, test::bars<float>(3), {.epochs = 1}, random);
    CHECK_THAT(report.products, contains_text("float32 by"));
}

TEST_CASE("a user's own model trains by its own products") {
    auto rbm = test::randomised(test::bernoulli_rbm<float>(9, 4), 0.1, 0.1, 1);
    test::OwnModel own{rbm};
    Random random{2};
    Trainer const trainer{PersistentCD{.chains = 5}, sgd};
    auto const before = test::parameters(own);
    auto const report = trainer.fit(own, test::bars<float>(3), {.epochs = 1, .batch_size = 5}, random);
    CHECK(report.products == "the model's own products");
    CHECK_FALSE(test::same(test::parameters(own), before));
    CHECK_NOTHROW(features<1>(own, test::bars<float>(3), ExactPosterior{}));
    CHECK_NOTHROW(sample(own, {.chains = 2, .sweeps = 2}, random));
}

TEST_CASE("bfloat16 asked for by name is refused for a model that makes its own products") {
    if (!has_bfloat16()) return;
    test::OwnModel const own{test::bernoulli_rbm<float>(9, 4)};
    CHECK_THROWS_AS((Prepared{own, Compute{.precision = Precision::bfloat16}}), ValueError);
}

TEST_CASE("weights that have changed between two fits of a session are packed anew") {
    auto model = test::randomised(test::bernoulli_rbm<float>(9, 6), 0.1, 0.1, 1);
    auto const replacement = test::randomised(model, 1, 0.1, 5);
    Trainer const trainer{ContrastiveDivergence{}, sgd};
    auto const data = test::bars<float>(3);
    FitOptions const never{.epochs = 0};
    FitOptions const once{.epochs = 1, .batch_size = 4};
    auto session = trainer.bind(model);
    Random random{6};
    Random same_random{6};
    session.fit(data, never, random);
    model.weights() = replacement.weights();
    auto twin = model;
    session.fit(data, once, random);
    auto other = trainer.bind(twin);
    other.fit(data, never, same_random);
    other.fit(data, once, same_random);
    CHECK(test::same(test::parameters(model), test::parameters(twin)));
}

} // namespace test_precision
