// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/machines.md: machines of any layers and connections.

#include "require.hpp"

#include <boltz/boltz.hpp>
#include <boltz/problem/bars_and_stripes.hpp>
#include <boltz/unit/categorical.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <vector>

using namespace boltz;

namespace {

double mean_of(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Class 0 where a picture of 3 x 3 pixels has equal rows, else class 1.
std::vector<std::uint8_t> kinds(Matrix<float> const& pictures) {
    std::vector<std::uint8_t> result(pictures.shape(0), 0);
    for (std::size_t i = 0; i < result.size(); ++i)
        for (std::size_t j = 3; j < 9; ++j)
            if (pictures(i, j) != pictures(i, j % 3)) result[i] = 1;
    return result;
}

void several_visible() {
    auto const problem = bars_and_stripes(3);
    Matrix<float> const& pictures = problem.cases;
    std::vector<std::uint8_t> const classes = kinds(pictures);
    Random random{1};

    // [graph]
    BoltzmannMachine machine{{{0, 2}, {1, 2}}, // weights between layers 0 and 2, and between layers 1 and 2
                             StochasticLayer<Bernoulli>{9},
                             StochasticLayer<Multinomial>{2},
                             StochasticLayer<Bernoulli>{16}};
    initialise_weights(machine, 0.1, random);

    OneHot const labels{classes, 2};
    std::size_t const epochs = 3000;
    Trainer{PersistentCD{}, Sgd{.learning_rate = Schedule::linear(0.1, 0, epochs)}, MeanField{}}.fit(
        machine, on_layers<0, 1>(pictures, labels), {.epochs = epochs, .batch_size = 16}, random);
    // [graph]

    // [queries]
    LabelPosterior const predicted = label_posterior(machine, 1, pictures, MeanField{}); // p(layer 1 | layer 0)
    double const errors = predicted.error_rate(classes);

    Given given{machine, 10}; // ten cases of which the label is known
    Matrix<float> stripes = xt::zeros<float>({std::size_t{10}, std::size_t{2}});
    for (std::size_t i = 0; i < 10; ++i) stripes(i, 1) = 1;
    given.clamp(1, stripes);
    auto const drawn = sample_given(machine, given, {.chains = 4, .sweeps = 500}, random); // layer 0 given layer 1
    // [queries]
    std::printf("labels: %.3f wrong\n", errors);
    require(errors < 0.2, "labels are found");
    require(drawn.states[0].rows == 40 && drawn.states[1](39, 1) == 1, "pictures of a class are drawn");

    // [likelihood]
    double const log_z = exact_log_partition(machine);
    // log p(pixels, label) of each case, exact: the only layer without data is summed out.
    LogLikelihood const both = log_likelihood(machine, on_layers<0, 1>(pictures, labels), log_z);
    LogLikelihood const pixels = elbo(machine, pictures, MeanField{}, log_z); // of pixels alone: a lower bound
    // [likelihood]
    std::printf("%.3f and %.3f nats a case\n", both.mean, pixels.mean);
    require(both.mean > -9 * std::log(2.0) && pixels.mean < 0, "the machine has learned");
    require(std::abs(both.mean - mean_of(both.values)) < 1e-9, "the mean is that of the cases");
}

void at_run_time() {
    std::vector<std::size_t> const sizes{6, 4, 3};
    Random random{2};
    // [layers]
    std::vector<std::unique_ptr<AnyLayer<float>>> layers; // as many as a file or a user asks for
    for (std::size_t const size : sizes) layers.push_back(std::make_unique<StochasticLayer<Bernoulli>>(size));
    BoltzmannMachine<float> ring{std::move(layers), {{0, 1}, {1, 2}, {0, 2}}}; // every layer with each other one
    initialise_weights(ring, 0.5, random);
    // [layers]
    // [colours]
    LayerGraph const& graph = ring.graph();
    for (std::size_t l = 0; l < graph.layers(); ++l)
        std::printf("layer %zu has colour %zu of %zu\n", l, graph.colour(l), graph.colours());
    bool const no_closed_form = !graph.independent(LayerSet::of(1, 2)); // layers 1 and 2 have weights in common
    auto const sums = log_marginal(ring, sample(ring, {.chains = 5}, random), LayerSet::of(2)); // layer 2 summed out
    // [colours]
    require(graph.colours() == 3 && no_closed_form && sums.size() == 5, "a triangle has three colours");
}

void potts() {
    Random random{3};
    // [potts]
    std::size_t const sites = 6, states = 3;
    RBM potts{StochasticLayer<Categorical>{sites * states, Categorical{states}}, StochasticLayer<Bernoulli>{8}};
    initialise_weights(potts, 0.1, random);

    Matrix<float> cases = xt::zeros<float>({states, sites * states}); // site s in state k: column s * states + k is 1
    for (std::size_t k = 0; k < states; ++k)
        for (std::size_t s = 0; s < sites; ++s) cases(k, s * states + (s + k) % states) = 1;
    std::size_t const epochs = 3000;
    Trainer{PersistentCD{}, Sgd{.learning_rate = Schedule::linear(0.1, 0, epochs)}}.fit(
        potts, cases, {.epochs = epochs, .batch_size = 3}, random);
    double const nats = mean_of(exact_log_likelihood(potts, cases));
    double const pseudo = pseudo_likelihood(potts, cases).mean; // one variable given the others, summed over them
    // [potts]
    std::printf("%.3f of at most %.3f nats, pseudo-likelihood %.3f\n", nats, -std::log(3.0), pseudo);
    require(nats > -2.5 && nats < -std::log(3.0) && pseudo < 0, "a machine of Potts variables learns");
}

} // namespace

int main() {
    several_visible();
    at_run_time();
    potts();
}
