// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whatever multiplies: trainings, features and samples have the same bits for any number of threads, and a training
/// that was interrupted those of the unbroken one.

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/stop_when.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/training/trainer.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace test {

/// 75 cases of 100 binary pixels.
template <class T>
boltz::Matrix<T> random_pictures() {
    boltz::Matrix<T> data = xt::zeros<T>({75, 100});
    for (std::size_t i = 0; i < 75; ++i) boltz::Draws::from_seed(8).uniform(i, 0, boltz::Block<T>{data}.row(i));
    for (T& x : data) x = x < T(0.3) ? T(1) : T(0);
    return data;
}

/// Batches of 30, 30 and 15 cases in blocks of 8, 8, 8 and 6 rows or fewer.
inline boltz::FitOptions updates(std::size_t epochs, std::size_t threads, boltz::Precision precision) {
    return {
        .epochs = epochs, .batch_size = 30, .compute = {.threads = threads, .block_rows = 8, .precision = precision}};
}

template <class M, class Recipe>
void check_training(M const& start, Recipe const& recipe, boltz::Precision precision, std::string const& products) {
    auto const data = random_pictures<typename M::value_type>();
    boltz::Arrays expected;
    for (std::size_t const threads : {1u, 2u, 3u, 5u}) {
        M model = start;
        auto session = recipe.bind(model);
        boltz::Random random{7};
        auto const report = session.fit(data, updates(2, threads, precision), random);
        CHECK_THAT(report.products, contains_text(products));
        if (threads == 1) expected = boltz::to_arrays(session);
        CHECK_FALSE(same(parameters(model), parameters(start)));
        CHECK(same(boltz::to_arrays(session), expected));
    }
    // After an epoch; inside the first and the second one. Another number of threads goes on.
    for (std::size_t const batches : {3u, 1u, 5u}) {
        M first = start;
        auto interrupted = recipe.bind(first);
        boltz::Random random{7};
        interrupted.fit(data, updates(2, 2, precision), random, boltz::StopWhen{AfterBatches{batches}});
        M second = start;
        auto resumed = recipe.bind(second);
        boltz::from_arrays(boltz::to_arrays(interrupted), resumed);
        boltz::Random other{1234};
        resumed.fit(data, updates(2, 3, precision), other);
        CAPTURE(batches);
        CHECK(same(boltz::to_arrays(resumed), expected));
    }
}

template <class M, class Inference>
void check_features_and_samples(M const& model, Inference const& inference, boltz::Precision precision) {
    using T = typename M::value_type;
    auto const data = random_pictures<T>();
    boltz::Matrix<T> expected;
    boltz::States<T> states;
    for (std::size_t const threads : {1u, 2u, 3u, 5u}) {
        boltz::Compute const compute{.threads = threads, .block_rows = 8, .precision = precision};
        auto const means = boltz::features<1>(model, data, inference, compute);
        boltz::Random random{3};
        auto const drawn = boltz::sample(model, {.chains = 50, .sweeps = 5, .compute = compute}, random);
        if (threads == 1) {
            expected = means;
            states = drawn;
        }
        CHECK(std::equal(means.begin(), means.end(), expected.begin(), expected.end()));
        for (std::size_t l = 0; l < model.layers(); ++l)
            for (std::size_t i = 0; i < 50; ++i)
                REQUIRE(std::equal(drawn[l].row(i).begin(), drawn[l].row(i).end(), states[l].row(i).begin()));
    }
}

/// All of it for a restricted and a deep machine, whose training report must name `products`.
template <class T>
void check_reproducible(boltz::Precision precision, std::string const& products) {
    boltz::Sgd const sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-3};
    auto const rbm = randomised(bernoulli_rbm<T>(100, 70), 0.1, 0.1, 1);
    auto const dbm = randomised(bernoulli_dbm<T>(100, 70, 33), 0.1, 0.1, 2);
    boltz::MeanField const mean_field{.max_sweeps = 5, .tolerance = 1e-3};
    check_training(rbm, boltz::Trainer{boltz::ContrastiveDivergence{.sweeps = 2}, sgd}, precision, products);
    check_training(rbm, boltz::Trainer{boltz::PersistentCD{.chains = 21, .sweeps = 2}, sgd}, precision, products);
    check_training(dbm, boltz::Trainer{boltz::PersistentCD{.chains = 21}, sgd, mean_field}, precision, products);
    check_features_and_samples(rbm, boltz::ExactPosterior{}, precision);
    check_features_and_samples(dbm, mean_field, precision);
}

} // namespace test
