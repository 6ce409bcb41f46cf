// SPDX-License-Identifier: MIT

/// @file
/// An RBM learns bars and stripes; enumeration says exactly how well.

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/problem/bars_and_stripes.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>

using namespace boltz;

namespace {

double mean_log_likelihood(BoltzmannMachine<float> const& rbm, BarsAndStripes const& problem) {
    auto const values = exact_log_likelihood(rbm, problem.patterns);
    double mean = 0;
    for (std::size_t i = 0; i < values.size(); ++i) mean += problem.probabilities[i] * values[i];
    return mean;
}

void print_patterns(BoltzmannMachine<float> const& rbm, BarsAndStripes const& problem, std::size_t n) {
    auto const values = exact_log_likelihood(rbm, problem.patterns);
    std::cout << "pattern   probability   model's\n";
    double total = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t row = 0; row < n; ++row) {
            for (std::size_t column = 0; column < n; ++column)
                std::cout << (problem.patterns(i, row * n + column) > 0 ? '#' : '.');
            if (row + 1 < n) std::cout << '\n';
        }
        total += std::exp(values[i]);
        std::cout << std::setw(18) << problem.probabilities[i] << std::setw(10) << std::exp(values[i]) << "\n\n";
    }
    std::cout << "All patterns together: " << total << '\n';
}

} // namespace

int main() {
    std::size_t const n = 3;
    BarsAndStripes const problem = bars_and_stripes(n);

    Random random{2024};
    RBM rbm{StochasticLayer<Bernoulli>{n * n}, StochasticLayer<Bernoulli>{20}};
    initialise_weights(rbm, 0.1, random);

    std::cout << std::fixed << std::setprecision(4);
    std::cout << "Log-likelihood before: " << mean_log_likelihood(rbm, problem) << " nats a case\n";
    Trainer{ContrastiveDivergence{.sweeps = 10}, Sgd{.learning_rate = Schedule::inverse_time(0.2, 4000)}}.fit(
        rbm, problem.cases, {.epochs = 15000, .batch_size = 16}, random);
    std::cout << "Log-likelihood after:  " << mean_log_likelihood(rbm, problem) << " nats a case\n";
    std::cout << "The best there is:     " << problem.negative_entropy() << " nats a case\n\n";
    print_patterns(rbm, problem, n);
}
