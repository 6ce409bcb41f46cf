// SPDX-License-Identifier: MIT

/// @file
/// What the features of an RBM are worth to classifiers.

#include "machines.hpp"
#include "rows.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

using namespace boltz;

Result reproduce_rbm_features(Setting const& setting, Images const& images) {
    constexpr auto source = " (yell/boltzmann-machines)";
    std::size_t const hidden = 1024;
    auto const rbm = features_rbm(setting, images, hidden, setting.epochs(120));
    Compute const compute = setting.compute();
    auto const training = compact_features<1>(rbm, ByteSource{images.train}, ExactPosterior{}, compute);
    auto const held_out = compact_features<1>(rbm, ByteSource{images.test}, ExactPosterior{}, compute);
    auto const& labels = images.train.labels;

    MLP softmax{hidden, OutputLayer<Multinomial>{classes}};
    std::size_t const epochs = setting.epochs(90);
    auto regression = Backpropagation{
        Averaged{Sgd{.learning_rate = Schedule::linear(0.5, 0.005, epochs), .momentum = 0.9},
                 epochs /
                     2}}.bind(softmax);
    Binarised const drawn{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    run_stage(setting, "softmax", setting.seed, regression,
              on_layers<0, 1>(inferred_features<1>(rbm, drawn, ExactPosterior{}, compute), OneHot{labels, classes}),
              {.epochs = epochs});
    regression.optimizer().write_average(softmax);

    // The number of neighbours is chosen on the last tenth of the training images.
    std::size_t const tenth = std::max<std::size_t>(images.train.count / 10, 1);
    std::vector<std::size_t> most(images.train.count - tenth);
    std::vector<std::size_t> last(tenth);
    std::iota(most.begin(), most.end(), std::size_t{0});
    std::iota(last.begin(), last.end(), most.size());
    std::vector<std::uint8_t> const most_labels(labels.begin(),
                                                labels.begin() + static_cast<std::ptrdiff_t>(most.size()));
    std::vector<std::uint8_t> const last_labels(labels.begin() + static_cast<std::ptrdiff_t>(most.size()),
                                                labels.end());
    Subset const most_features{training, most};
    auto const rates = NearestNeighbourClassifier{most_features, most_labels}.error_rates(
        Subset{training, last}, last_labels, std::min<std::size_t>(10, most.size()), compute);
    auto const neighbours =
        static_cast<std::size_t>(std::min_element(rates.begin(), rates.end()) - rates.begin()) + 1;
    double const by_neighbours =
        NearestNeighbourClassifier{training, labels}.error_rate(held_out, images.test.labels, neighbours, compute);

    auto const fine_tuned =
        fine_tune(setting, images, rbm, [&](Random& random) { return unroll(rbm, classes, random); },
                  {{"fine_tuning", setting.epochs(60), {.hidden = 0.3}}});

    Result result;
    result.title = "RBM 784-1024 on MNIST";
    result.figures = {
        error_figure(images, "softmax on features", std::string{"1.83 %"} + source, "< 1.83 %",
                     {100 * error_rate(softmax, held_out, images.test.labels, compute)}),
        error_figure(images, "k nearest neighbours on features", std::string{"2.88 %"} + source, "< 2.88 %",
                     {100 * by_neighbours}),
        error_figure(images, "fine-tuned with dropout", std::string{"1.27 %"} + source, "< 1.27 %", fine_tuned[0])};
    result.figures[1].note = "k = " + std::to_string(neighbours);
    result.protocol = "generative training on grey pixels, neighbours on their features; softmax regression on "
                      "features of pixels drawn at each presentation, fine-tuning on such pixels; errors of grey "
                      "test images; k chosen on the last tenth of the training images, other settings on held-out "
                      "training images, none on the test images";
    return result;
}
