// SPDX-License-Identifier: MIT

/// @file
/// A user's own unit at work: an RBM of spins learns the states of a small Ising ring.

#include "spin.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <numeric>
#include <vector>

using namespace boltz;

namespace {

constexpr std::size_t spins = 6;
constexpr double coupling = 0.8;

Matrix<float> all_states() {
    Matrix<float> states = xt::zeros<float>({std::size_t{1} << spins, spins});
    for (std::size_t i = 0; i < states.shape(0); ++i) Spin{}.write_state(i, Block{states}.row(i));
    return states;
}

// p(s) of each state of the ring, proportional to exp(coupling * sum_j s_j s_{j+1}).
std::vector<double> ring_probabilities(Matrix<float> const& states) {
    std::vector<double> result(states.shape(0));
    for (std::size_t i = 0; i < result.size(); ++i) {
        double neighbours = 0;
        for (std::size_t j = 0; j < spins; ++j) neighbours += states(i, j) * states(i, (j + 1) % spins);
        result[i] = std::exp(coupling * neighbours);
    }
    double const sum = std::accumulate(result.begin(), result.end(), 0.0);
    for (double& p : result) p /= sum;
    return result;
}

Matrix<float> drawn(Matrix<float>& states, std::vector<double> const& probabilities, std::size_t count,
                    Draws const& draws) {
    std::vector<double> cumulative(probabilities.size());
    std::partial_sum(probabilities.begin(), probabilities.end(), cumulative.begin());
    std::vector<double> uniform(count);
    draws.uniform(0, 0, std::span{uniform});
    Matrix<float> cases = xt::zeros<float>({count, spins});
    for (std::size_t i = 0; i < count; ++i) {
        auto const found = std::upper_bound(cumulative.begin(), cumulative.end() - 1, uniform[i]);
        copy(Block{states}.row_range(static_cast<std::size_t>(found - cumulative.begin()), 1),
             Block{cases}.row_range(i, 1));
    }
    return cases;
}

} // namespace

int main() {
    Matrix<float> states = all_states();
    std::vector<double> const probabilities = ring_probabilities(states);
    Random random{1};
    Matrix<float> const data = drawn(states, probabilities, 2000, random.split());

    RBM rbm{StochasticLayer<Spin>{spins}, StochasticLayer<Spin>{spins}};
    initialise_weights(rbm, 0.1, random);
    auto const expected_log_likelihood = [&] {
        std::vector<double> const values = exact_log_likelihood(rbm, states);
        return std::inner_product(values.begin(), values.end(), probabilities.begin(), 0.0);
    };

    std::cout << "Log-likelihood before: " << expected_log_likelihood() << " nats a case\n";
    Trainer{ContrastiveDivergence{.sweeps = 1}, Sgd{.learning_rate = 0.05}}.fit(
        rbm, data, {.epochs = 100, .batch_size = 32}, random);
    std::cout << "Log-likelihood after:  " << expected_log_likelihood() << " nats a case\n";

    double best = 0;
    for (double const p : probabilities) best += p * std::log(p);
    std::cout << "The ring's own:        " << best << " nats a case\n";
}
