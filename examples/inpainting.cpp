// SPDX-License-Identifier: MIT

/// @file
/// Completes halves of test digits: original, given half, several completions, their mean.

#include "support/command_line.hpp"
#include "support/numbers.hpp"
#include "support/remarks.hpp"
#include "support/run_folder.hpp"

#include <boltz/data/synthetic_digits.hpp>
#include <boltz/dbm.hpp>
#include <boltz/io/any_machine_file.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/report.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using namespace boltz;

namespace {

struct Options {
    std::string model;
    std::string data;
    std::string out = "inpainting.png";
    std::string known = "upper";
    std::size_t completions = 8;
    std::size_t sweeps = 1000;
    std::size_t limit = 20'000;
    std::size_t hidden = 400;
    std::size_t epochs = 20;
    std::uint64_t seed = 1;
    std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

void declare(CLI::App& app, Options& options) {
    app.option_defaults()->always_capture_default();
    app.add_option(
        "--model", options.model,
        "Machine to complete with, as mnist_dbm writes it (model.npz), or any other whose layer 0 are the pixels; "
        "without it an RBM is trained, in less than a minute");
    app.add_option(
        "--data", options.data,
        "Folder with the four MNIST files, plain or .gz; without it $BOLTZ_DATA_DIR/mnist, and without that "
        "synthetic digits");
    app.add_option("--out", options.out, "PNG file to write");
    app.add_option("--known", options.known, "Half that is given: upper, lower, left or right")
        ->check(CLI::IsMember({"upper", "lower", "left", "right"}).description(""));
    app.add_option("--completions", options.completions, "Completions of each digit")->check(whole_number(1, 100));
    app.add_option("--sweeps", options.sweeps, "Gibbs sweeps for each completion")
        ->check(whole_number(1, 10'000'000));
    app.add_option("--limit", options.limit, "Images to train the RBM on")->check(whole_number(1, 60'000));
    app.add_option("--hidden", options.hidden, "Hidden units of the RBM")->check(whole_number(1, 100'000));
    app.add_option("--epochs", options.epochs, "Epochs of the RBM")->check(whole_number(1, 100'000));
    app.add_option("--seed", options.seed, "Seed of all random numbers")->check(any_seed());
    app.add_option("--threads", options.threads, "Threads; results do not depend on them")
        ->check(whole_number(1, 1024));
}

Mnist read_digits(Options const& options) {
    std::filesystem::path folder = options.data;
    if (folder.empty())
        if (char const* const base = std::getenv("BOLTZ_DATA_DIR"); base != nullptr && *base != '\0')
            folder = std::filesystem::path{base} / "mnist";
    if (!options.data.empty() || std::filesystem::exists(folder)) {
        Mnist digits = read_mnist(folder);
        if (auto const note = digits.train.byte_scale().note(folder.string()); !note.empty())
            std::cout << "Note: " << note << ".\n";
        return digits;
    }
    std::cout << "No MNIST found (--data, $BOLTZ_DATA_DIR/mnist): synthetic digits, drawn by the program.\n";
    return {.train = synthetic_digits(options.limit, options.seed), .test = synthetic_digits(1000, options.seed + 1)};
}

// The first test image of each class.
std::vector<std::size_t> one_of_each(LabelledImages const& images) {
    std::vector<std::size_t> chosen;
    for (int digit = 0; digit < 10; ++digit) {
        auto const found = std::ranges::find(images.labels, digit);
        if (found != images.labels.end()) chosen.push_back(static_cast<std::size_t>(found - images.labels.begin()));
    }
    return chosen;
}

// 1 for the pixels of the half that is given.
Matrix<float> mask_of(std::string const& known, std::size_t height, std::size_t width) {
    Matrix<float> mask = xt::zeros<float>({std::size_t{1}, height * width});
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            bool const upper = y < height / 2;
            bool const left = x < width / 2;
            bool const given = known == "upper" ? upper : known == "lower" ? !upper : known == "left" ? left : !left;
            mask(0, y * width + x) = given ? 1.0f : 0.0f;
        }
    return mask;
}

AnyMachine train(LabelledImages const& digits, Options const& options, Random& random) {
    ByteSource const grey{digits};
    RBM rbm{StochasticLayer<Bernoulli>{digits.pixels()}, StochasticLayer<Bernoulli>{options.hidden}};
    initialise_weights(rbm, 0.01, random);
    initialise_biases(rbm, grey, random);
    std::cout << "Training an RBM of " << digits.pixels() << "-" << options.hidden << " units on " << digits.count
              << " digits, " << options.epochs << " epochs ..." << std::endl;
    Trainer const trainer{PersistentCD{.chains = 100, .sweeps = 2},
                          Sgd{.learning_rate = Schedule::linear(0.05, 0.0005, options.epochs), .weight_decay = 1e-4}};
    print_remarks(trainer.fit(rbm, Binarised{grey, Binarisation::stochastic},
                              {.epochs = options.epochs, .batch_size = 100, .compute = {.threads = options.threads}},
                              random));
    return BoltzmannMachine<float>{rbm};
}

// A row a digit: original, given half, completions, mean of the completions.
template <std::floating_point T>
report::Image picture(BoltzmannMachine<T> const& machine, LabelledImages const& digits, Options const& options,
                      Random& random) {
    std::vector<std::size_t> const chosen = one_of_each(digits);
    std::size_t const cases = chosen.size();
    std::size_t const pixels = digits.pixels();
    if (machine.sizes()[0] != pixels)
        fail<ShapeError>("inpainting: layer 0 of the model has ", machine.sizes()[0], " units, but images have ",
                         pixels, " pixels");
    Matrix<T> original = xt::zeros<T>({cases, pixels});
    ByteSource const grey{digits};
    grey.load(chosen, Block{original}, random.split());
    // Real-valued units take grey levels as they are.
    Matrix<T> seen = original;
    Draws const draws = random.split();
    if (machine.unit(0).countable()) Binarised{grey, Binarisation::threshold}.load(chosen, Block{seen}, draws);
    Matrix<float> const mask = mask_of(options.known, digits.height, digits.width);
    Matrix<T> const given_pixels = mask;

    Given given{machine, cases};
    given.clamp(0, seen, given_pixels);
    Compute const compute{.threads = options.threads};
    auto const completions = sample_given(
        machine, given, {.chains = options.completions, .sweeps = options.sweeps, .compute = compute}, random);
    auto const means =
        mean_given(machine, given, {.sweeps = options.sweeps, .reads = options.sweeps, .compute = compute}, random);
    if (auto const warning = completions.warning(); !warning.empty())
        std::cout << "Warning, completions: " << warning << ".\n";
    if (auto const warning = means.warning(); !warning.empty()) std::cout << "Warning, mean: " << warning << ".\n";
    Matrix<T> const ink = conditional_means<0>(machine, completions.states);

    std::size_t const columns = options.completions + 3;
    Matrix<float> tiles = xt::zeros<float>({cases * columns, pixels});
    for (std::size_t i = 0; i < cases; ++i)
        for (std::size_t j = 0; j < pixels; ++j) {
            bool const known = mask(0, j) != 0;
            auto const put = [&](std::size_t column, T value) {
                tiles(i * columns + column, j) = static_cast<float>(value);
            };
            put(0, original(i, j));
            put(1, known ? seen(i, j) : T(0.4)); // grey: not known
            for (std::size_t c = 0; c < options.completions; ++c)
                put(2 + c, known ? seen(i, j) : ink(i * options.completions + c, j));
            put(columns - 1, means.mean[0](i, j));
        }
    report::Captions captions{.title = "Halves of test digits completed"};
    captions.columns = {"digit", "given"};
    for (std::size_t c = 0; c < options.completions; ++c) captions.columns.push_back(std::to_string(c + 1));
    captions.columns.push_back("mean");
    return report::captioned(
        report::tile(tiles, digits.height, digits.width, columns, {.padding = 2, .border = 255, .factor = 2}),
        captions);
}

int run(Options const& options) {
    check_writable(options.out);
    Mnist digits = read_digits(options);
    if (options.limit < digits.train.count) digits.train = digits.train.part(0, options.limit);
    Random random{options.seed};
    AnyMachine const any =
        options.model.empty() ? train(digits.train, options, random) : load_any_machine(options.model).machine;
    report::Image const image =
        std::visit([&](auto const& machine) { return picture(machine, digits.test, options, random); }, any);
    report::write_png(options.out, image);
    std::cout << "Completions are in " << options.out << std::endl;
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Completes halves of test digits by Gibbs sampling of the unknown pixels given the known ones."};
    declare(app, options);
    return run_program("inpainting", app, argc, argv, [&] { return run(options); });
}
