// SPDX-License-Identifier: MIT

/// @file
/// A deep Boltzmann machine of digits and their labels, which then draws digits of a class that it is told.

#include "support/command_line.hpp"
#include "support/numbers.hpp"
#include "support/remarks.hpp"
#include "support/run_folder.hpp"

#include <boltz/data/synthetic_digits.hpp>
#include <boltz/dbm.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/report.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace boltz;

namespace {

constexpr std::size_t classes = 10;
constexpr std::size_t samples_a_class = 10;

using Layer = StochasticLayer<Bernoulli>;
using Labels = StochasticLayer<Multinomial>; // with one trial a softmax unit
using Machine = DBM<Layer, Layer, Layer, Labels>;

struct Options {
    std::string data;
    std::string out = "label_dbm.png";
    std::vector<std::size_t> hidden{300, 500};
    std::size_t limit = 20'000;
    std::size_t pretrain_epochs = 8;
    std::size_t joint_epochs = 4;
    std::size_t sweeps = 500;
    std::uint64_t seed = 1;
    std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

void apply_quick(Options& options) {
    options.hidden = {100, 100};
    options.limit = 5000;
    options.pretrain_epochs = 12;
    options.joint_epochs = 5;
    options.sweeps = 300;
}

void declare(CLI::App& app, Options& options) {
    app.option_defaults()->always_capture_default();
    app.add_flag_callback(
        "--quick", [] {}, "Preset: a small machine on 5,000 images, in seconds");
    app.add_option("--data", options.data,
                   "Folder with the four MNIST files, plain or .gz; without it $BOLTZ_DATA_DIR/mnist, and without "
                   "that synthetic digits");
    app.add_option("--out", options.out, "The picture: one row a class");
    app.add_option("--hidden", options.hidden, "Units of the two hidden layers")
        ->expected(2)
        ->check(whole_number(1, 100'000));
    app.add_option("--limit", options.limit, "Train on the first N images only")->check(whole_number(1, 100'000'000));
    app.add_option("--pretrain-epochs", options.pretrain_epochs, "Epochs of the two RBMs")
        ->check(whole_number(0, 100'000));
    app.add_option("--joint-epochs", options.joint_epochs, "Epochs of the whole machine")
        ->check(whole_number(0, 100'000));
    app.add_option("--sweeps", options.sweeps, "Gibbs sweeps with the labels held fast")
        ->check(whole_number(1, 10'000'000));
    app.add_option("--seed", options.seed, "Seed of all random numbers")->check(any_seed());
    app.add_option("--threads", options.threads, "Processors to use; the result is the same for any number")
        ->check(whole_number(1, 1024));
}

LabelledImages read_images(Options const& options) {
    std::string folder = options.data;
    if (char const* const base = std::getenv("BOLTZ_DATA_DIR"); folder.empty() && base != nullptr && *base != '\0')
        if (auto const mnist = std::filesystem::path{base} / "mnist"; std::filesystem::exists(mnist))
            folder = mnist.string();
    if (folder.empty()) {
        std::cout << "No MNIST found (--data, $BOLTZ_DATA_DIR/mnist): synthetic digits, drawn by the program.\n";
        return synthetic_digits(std::min<std::size_t>(options.limit, 60'000), options.seed);
    }
    LabelledImages const images = read_mnist(folder).train;
    if (auto const note = images.byte_scale().note(folder); !note.empty()) std::cout << "Note: " << note << ".\n";
    return images.part(0, std::min(options.limit, images.count));
}

/// Pretraining and joint training on pixels and labels.
void train(Machine& machine, LabelledImages const& images, Options const& options, Random& random) {
    Compute const compute{.threads = options.threads, .block_rows = 50};
    ByteSource const grey{images};
    auto const data = on_layers<0, 3>(Binarised{grey, Binarisation::stochastic}, OneHot{images.labels, classes});
    initialise_weights(machine, 0.01, random);
    initialise_biases(machine, grey, random);
    auto const momentum = Schedule::per_epoch({0.5, 0.9}, 5);
    DoubledInput{ContrastiveDivergence{}, Sgd{.learning_rate = 0.05, .momentum = momentum, .weight_decay = 2e-4},
                 PretrainingInput::means}
        .pretrain(machine, data, {.epochs = options.pretrain_epochs, .compute = compute}, random,
                  Progress{std::cout, Terminal::no, 80});
    Trainer const trainer{PersistentCD{.chains = 100, .sweeps = 5}, Sgd{.learning_rate = 0.002},
                          MeanField{.max_sweeps = 5}};
    print_remarks(trainer.fit(machine, data, {.epochs = options.joint_epochs, .compute = compute}, random,
                              StopOnNaN{}, Progress{std::cout, Terminal::no, 80}));
}

/// The means of the pixels at the ends of Gibbs chains that hold their labels fast, ten chains of each class.
Matrix<float> draw_classes(Machine const& machine, Options const& options, Random& random) {
    Matrix<float> labels = xt::zeros<float>({classes, classes});
    for (std::size_t c = 0; c < classes; ++c) labels(c, c) = 1;
    Given given{machine, classes};
    given.clamp(3, labels);
    Compute const compute{.threads = options.threads, .block_rows = 50};
    auto const drawn = sample_given(
        machine, given, {.chains = samples_a_class, .sweeps = options.sweeps, .compute = compute}, random);
    if (auto const warning = drawn.warning(); !warning.empty()) std::cout << "Warning: " << warning << ".\n";
    return conditional_means<0>(machine, drawn.states);
}

int run(Options const& options) {
    check_writable(options.out);
    LabelledImages const images = read_images(options);
    Random random{options.seed};
    Machine machine{Layer{images.pixels()}, Layer{options.hidden[0]}, Layer{options.hidden[1]}, Labels{classes}};
    std::cout << images.pixels() << '-' << options.hidden[0] << '-' << options.hidden[1] << '-' << classes
              << " DBM of pixels and labels, " << images.count << " training images" << std::endl;
    train(machine, images, options, random);
    Matrix<float> const drawn = draw_classes(machine, options, random);
    report::write_png(options.out, report::captioned(report::tile(drawn, images.height, images.width, samples_a_class,
                                                                  {.padding = 2, .border = 255, .factor = 2}),
                                                     {.title = "Ten samples of each class, its label held fast"}));
    std::cout << "One row a class, 0 to 9: " << options.out << std::endl;
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i)
        if (std::string{argv[i]} == "--quick") apply_quick(options);
    CLI::App app{"Learns digits together with their labels and draws ten samples of each class."};
    declare(app, options);
    return run_program("label_dbm", app, argc, argv, [&] { return run(options); });
}
