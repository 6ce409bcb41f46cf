// SPDX-License-Identifier: MIT

/// @file
/// A user's own unit at work: an RBM of spins learns the states of a small Ising ring.

#include "spin.hpp"

#include <boltz/evaluation/exact.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <cmath>
#include <iostream>
#include <vector>

using namespace boltz;

namespace {

constexpr std::size_t spins = 6;
constexpr double coupling = 0.8;

// log p of each state of the ring, p(s) proportional to exp(coupling * sum_j s_j s_{j+1}).
std::vector<double> ring_log_probabilities(Matrix<float> const& states) {
    std::vector<double> result(states.shape(0));
    double partition = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        for (std::size_t j = 0; j < spins; ++j) result[i] += coupling * states(i, j) * states(i, (j + 1) % spins);
        partition += std::exp(result[i]);
    }
    for (double& value : result) value -= std::log(partition);
    return result;
}

} // namespace

int main() {
    // All states of the ring with their probabilities, and 2000 draws from it.
    Matrix<float> states = xt::zeros<float>({std::size_t{1} << spins, spins});
    for (std::size_t i = 0; i < states.shape(0); ++i) Spin{}.write_state(i, Block{states}.row(i));
    std::vector<double> const log_p = ring_log_probabilities(states);

    Random random{1};
    Draws const draws = random.split();
    Matrix<float> data = xt::zeros<float>({std::size_t{2000}, spins});
    for (std::size_t i = 0; i < data.shape(0); ++i) {
        double left = 0;
        draws.uniform(i, 0, std::span{&left, 1});
        std::size_t chosen = 0;
        while (chosen + 1 < log_p.size() && (left -= std::exp(log_p[chosen])) > 0) ++chosen;
        copy(Block{states}.row_range(chosen, 1), Block{data}.row_range(i, 1));
    }

    RBM rbm{StochasticLayer<Spin>{spins}, StochasticLayer<Spin>{spins}};
    initialise_weights(rbm, 0.1, random);
    auto const mean_log_likelihood = [&] {
        std::vector<double> const values = exact_log_likelihood(rbm, states);
        double mean = 0;
        for (std::size_t i = 0; i < values.size(); ++i) mean += std::exp(log_p[i]) * values[i];
        return mean;
    };
    double best = 0;
    for (double const value : log_p) best += std::exp(value) * value;

    std::cout << "Log-likelihood before: " << mean_log_likelihood() << " nats a case\n";
    Trainer{ContrastiveDivergence{.steps = 1}, Sgd{.learning_rate = 0.05}}.fit(
        rbm, data, {.epochs = 100, .batch_size = 32}, random);
    std::cout << "Log-likelihood after:  " << mean_log_likelihood() << " nats a case\n";
    std::cout << "The ring's own:        " << best << " nats a case\n";
}
