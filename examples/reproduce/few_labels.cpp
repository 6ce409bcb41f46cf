// SPDX-License-Identifier: MIT

/// @file
/// What a machine that has seen all images makes of few labels.

#include "machines.hpp"
#include "rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace boltz;

namespace {

/// As many cases of each class, or all, in an order of their own for each seed.
std::vector<std::size_t> draw_labels(std::vector<std::uint8_t> const& labels, std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> order(labels.size());
    boltz::detail::permute(order, Draws::from_seed(seed));
    if (count >= labels.size()) return order;
    std::array<std::size_t, classes> left{};
    left.fill(count / classes);
    std::vector<std::size_t> chosen;
    for (std::size_t const i : order)
        if (left[labels[i]] > 0) {
            --left[labels[i]];
            chosen.push_back(i);
        }
    return chosen;
}

/// Accuracies in percent over the draws of labels, each fine-tuned from `make(random)` with rates of the lower layers
/// `lower` times those of the softmax.
template <class Make, class Inputs, class HeldOut>
std::vector<double> accuracies(Setting const& setting, Images const& images, std::string const& name,
                               std::size_t count, std::size_t draws, double lower, double dropped, Make&& make,
                               Inputs const& inputs, HeldOut const& held_out) {
    std::vector<double> result;
    for (std::size_t draw = 0; draw < draws; ++draw) {
        std::uint64_t const seed = setting.seed + draw;
        auto const cases = draw_labels(images.train.labels, count, seed);
        std::vector<std::uint8_t> labels;
        for (std::size_t const i : cases) labels.push_back(images.train.labels[i]);
        Random random{seed};
        auto network = make(random);
        LayerRates rates(decltype(network)::depth, Schedule{lower});
        rates.back() = 1.0;
        // About as many updates for each number of labels, at least a few passes.
        std::size_t const batch = count >= 10'000 ? 100 : 10;
        std::size_t const epochs =
            setting.epochs(std::max(30.0, 3000.0 * static_cast<double>(batch) / static_cast<double>(count)));
        auto session =
            Backpropagation{
                Sgd{.learning_rate = Schedule::linear(0.1, 0.001, epochs), .momentum = 0.9, .layer_rates = rates},
                Dropout{.beside = dropped / 2, .hidden = dropped}}
                .bind(network);
        run_stage(setting, name + "_" + std::to_string(count) + "_" + std::to_string(seed), seed, session,
                  on_layers<0, 1>(Subset{inputs, cases}, OneHot{labels, classes}),
                  {.epochs = epochs, .batch_size = batch});
        result.push_back(100 - 100 * error_rate(network, held_out, images.test.labels, setting.compute()));
    }
    return result;
}

struct Published {
    std::size_t labels;
    char const* rbm;
    char const* dbm;
    char const* random;
};

} // namespace

Result reproduce_few_labels(Setting const& setting, Images const& images) {
    constexpr std::array published{
        Published{100, "81.70 %", "83.79 %", "76.1 %"}, Published{1'000, "93.65 %", "93.54 %", "88.9 %"},
        Published{10'000, "97.27 %", "97.11 %", "94.6 %"}, Published{60'000, "98.73 %", "98.68 %", "98.2 %"}};
    Binarised const pixels{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    ByteSource const unseen{images.test};

    Result result;
    result.title = "Few labels on MNIST";
    auto const add = [&](std::size_t count, char const* machine, char const* known, std::vector<double> values) {
        result.figures.push_back(
            {.name = images.test_name + " accuracy, " + std::to_string(count) + " labels, " + machine,
             .published = std::string{known} + " (yell/boltzmann-machines)",
             .aim = std::string{"> "} + known,
             .unit = "%",
             .values = std::move(values)});
    };
    auto const rbm = features_rbm(setting, images, 1024, setting.epochs(120));
    Machine const dbm = paper_machine(setting, images);
    auto const inputs = drawn_inputs(dbm, setting, images);
    auto const held_out = held_out_inputs(dbm, setting, images);
    for (Published const& known : published) {
        bool const all = known.labels == 60'000;
        if (known.labels > images.train.count / 2 && !(all && images.train.count == known.labels)) continue;
        std::size_t const draws = all ? 3 : 5;
        double const lower = known.labels <= 1'000 ? 0.1 : 1.0;
        add(known.labels, "RBM", known.rbm,
            accuracies(
                setting, images, "rbm", known.labels, draws, lower, 0.5,
                [&](Random& random) { return unroll(rbm, classes, random); }, pixels, unseen));
        add(known.labels, "DBM", known.dbm,
            accuracies(
                setting, images, "dbm", known.labels, draws, lower, 0.5,
                [&](Random& random) { return unroll(dbm, classes, random); }, inputs, held_out));
        add(known.labels, "random weights", known.random,
            accuracies(
                setting, images, "random", known.labels, draws, 1.0, 0.5,
                [&](Random& random) {
                    RBM start{Binary{images.train.pixels()}, Binary{1024}};
                    initialise_weights(start, 0.03, random);
                    return unroll(start, classes, random, TopDown::inferred, 0.03);
                },
                pixels, unseen));
    }
    result.protocol =
        "generative training on all training images without their labels; as many labels of each class, "
        "five draws of them, three seeds with all labels; fine-tuning on pixels drawn at each presentation, "
        "accuracies of "
        "grey test images; settings chosen on held-out training images, the test images used once";
    return result;
}
