// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/sampling.md, on pictures of 3 x 3 pixels whose probabilities can be counted out.

#include "require.hpp"

#include <boltz/boltz.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

using namespace boltz;

namespace {

// 1 where a picture is made of bars (equal columns), else 0, in two columns: one softmax unit.
Matrix<float> kinds(Matrix<float> const& cases) {
    Matrix<float> labels = xt::zeros<float>({cases.shape(0), std::size_t{2}});
    for (std::size_t i = 0; i < cases.shape(0); ++i) {
        bool equal_rows = true;
        for (std::size_t j = 3; j < 9; ++j) equal_rows = equal_rows && cases(i, j) == cases(i, j % 3);
        labels(i, equal_rows ? 0 : 1) = 1;
    }
    return labels;
}

} // namespace

int main() {
    auto const problem = bars_and_stripes(3);
    Matrix<float> const& pictures = problem.cases;
    Random random{1};

    // [policy]
    RBM rbm{StochasticLayer<Bernoulli>{9}, StochasticLayer<Bernoulli>{16}};
    initialise_weights(rbm, 0.1, random);
    std::size_t const epochs = 6000;
    Trainer{ParallelTempering{.chains = 50, .temperatures = 5},
            Sgd{.learning_rate = Schedule::linear(0.1, 0, epochs)}}
        .fit(rbm, pictures, {.epochs = epochs, .batch_size = 16}, random);
    // [policy]

    // [free]
    auto const samples = sample(rbm, {.chains = 300, .sweeps = 200, .reads = 5, .thinning = 10}, random);
    Matrix<float> const ink = conditional_means<0>(rbm, samples); // 1500 x 9, greys in place of noise
    // [free]
    require(samples.rows() == 1500 && ink.shape(0) == 1500, "there are as many samples as chains times reads");

    // [from_data]
    auto const nearby = sample_from_data(rbm, MatrixSource{pictures}, {.chains = 100, .sweeps = 10}, random);
    auto const further = sample(rbm, nearby, {.chains = 100, .sweeps = 1000}, random); // goes on from there
    // [from_data]
    require(nearby.rows() == 100 && further.rows() == 100, "chains begin at cases in turn");

    // [given]
    Matrix<float> known = xt::zeros<float>({std::size_t{1}, std::size_t{9}}); // one mask for all cases
    for (std::size_t j : {0u, 1u, 3u}) known(0, j) = 1;
    Given given{rbm, pictures.shape(0)};
    given.clamp(0, pictures, known);
    auto const completions = sample_given(rbm, given, {.chains = 5, .sweeps = 200}, random); // five of each case
    auto const means = mean_given(rbm, given, {.sweeps = 1000, .reads = 10'000}, random);
    std::printf("E[pixel 2 | known] of case 3: %.2f +- %.2f\n", means.mean[0](3, 2), means.standard_error[0](3, 2));
    if (auto const warning = means.warning(); !warning.empty()) std::printf("%s\n", warning.c_str());
    // [given]
    require(completions.states[0](7, 1) == pictures(1, 1), "known pixels keep their values");
    require(means.mean[0](1, 3) == pictures(1, 3), "and in means too");

    // [labels]
    Matrix<float> const labels = kinds(pictures); // bars or stripes, one softmax unit
    RBM both{JointLayer{StochasticLayer<Bernoulli>{9}, StochasticLayer<Multinomial>{2}},
             StochasticLayer<Bernoulli>{16}};
    initialise_weights(both, 0.1, random);
    Trainer{PersistentCD{}, Sgd{.learning_rate = Schedule::linear(0.1, 0, epochs)}}.fit(
        both, SideBySide{MatrixSource{pictures}, MatrixSource{labels}}, {.epochs = epochs, .batch_size = 16}, random);

    Given picture{both, pictures.shape(0)};
    picture.clamp_columns(0, 0, pictures); // from image to label: p(label | pixels) in the last two columns
    auto const predicted = mean_given(both, picture, {}, random);

    Given label{both, labels.shape(0)};
    label.clamp_columns(0, 9, labels); // and back
    auto const drawn = sample_given(both, label, {.sweeps = 300}, random);
    // [labels]
    double right = 0;
    for (std::size_t i = 0; i < pictures.shape(0); ++i)
        right += predicted.mean[0](i, 9) * labels(i, 0) + predicted.mean[0](i, 10) * labels(i, 1);
    std::printf("labels: %.2f of the probability is right\n", right / static_cast<double>(pictures.shape(0)));
    require(right > 0.8 * static_cast<double>(pictures.shape(0)), "most labels are found");
    require(drawn.states[0](3, 9) == labels(3, 0), "labels keep their values");

    // [tempered]
    auto const [states, ladder] =
        sample_tempered(rbm, {.chains = 200, .temperatures = 6, .adaptation = 200, .sweeps = 200}, random);
    for (std::size_t k = 0; k + 1 < ladder.betas.size(); ++k)
        std::printf("%.3f and %.3f swap with probability %.2f\n", ladder.betas[k], ladder.betas[k + 1],
                    ladder.acceptance[k]);
    // [tempered]
    require(ladder.acceptance.size() == 5 && states.rows() == 200, "there is one acceptance a pair");

    // [diagnostics]
    std::size_t const reads = 500;
    Matrix<double> series = xt::zeros<double>({std::size_t{20}, reads}); // one row a chain, one column a read
    sample(rbm, {.chains = 20, .sweeps = 100, .reads = reads}, random, [&](std::size_t r, auto const& chains) {
        auto now = chains;
        std::vector<double> const energies = energy(rbm, now.blocks());
        for (std::size_t i = 0; i < energies.size(); ++i) series(i, r) = energies[i];
    });
    auto const mixing = chain_diagnostics(series);
    std::printf("autocorrelation time %.1f sweeps, %.0f effective samples, R-hat %.3f\n", mixing.autocorrelation_time,
                mixing.effective_samples, mixing.split_r_hat);
    // [diagnostics]
    require(mixing.split_r_hat < 1.2, "chains of a small model mix");

    // Fresh cases of the distribution itself.
    Matrix<float> data_drawn = xt::zeros<float>({std::size_t{300}, std::size_t{9}});
    Draws const draws = random.split();
    for (std::size_t i = 0; i < 300; ++i)
        copy(Block{pictures}.row_range(draws.below(pictures.shape(0), i, 0), 1), Block{data_drawn}.row_range(i, 1));
    // [quality]
    Block<float const> const visible = samples[0].row_range(0, data_drawn.shape(0)); // one read of each chain
    auto const moments = compare_moments(visible, data_drawn);
    auto const neighbours = nearest_neighbours(visible, pictures); // indices and distances
    auto const accuracy = adversarial_accuracy(visible, data_drawn);
    auto const histogram = class_histogram(drawn.states[0].column_range(9, 2)); // of the label part
    std::printf("covariances differ by %.3f, by chance %.3f; AA %.2f and %.2f; entropy of classes %.2f nats\n",
                moments.covariance_difference, moments.covariance_noise, accuracy.of_data, accuracy.of_samples,
                histogram.entropy());
    // [quality]
    double const near = *std::max_element(neighbours.distances.begin(), neighbours.distances.end());
    require(near < 3, "samples resemble the cases");
    require(moments.mean_difference < 0.2, "means of samples are those of the data");
}
