// SPDX-License-Identifier: MIT

/// @file
/// One machine of images and labels: a hidden layer above each, and a layer at the top where both meet. It draws
/// labels given images, and images given labels.

#include <boltz/data/synthetic_digits.hpp>
#include <boltz/dbm.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <vector>

using namespace boltz;

namespace {

constexpr std::size_t classes = 4;                                          // digits 0 to 3
constexpr std::size_t image = 0, label = 1, strokes = 2, name = 3, top = 4; // the layers

using Binary = StochasticLayer<Bernoulli>;
using Softmax = StochasticLayer<Multinomial>; // with one trial: one of the classes

struct Digits {
    Matrix<float> pixels; // binarised
    std::vector<std::uint8_t> labels;
};

Digits digits(std::size_t count, std::uint64_t seed) {
    LabelledImages const all = synthetic_digits(count, seed);
    Digits result;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < count; ++i) {
        if (all.labels[i] >= classes) continue;
        chosen.push_back(i);
        result.labels.push_back(all.labels[i]);
    }
    result.pixels = xt::zeros<float>({chosen.size(), all.pixels()});
    Binarised{ByteSource{all}, Binarisation::threshold}.load(chosen, Block{result.pixels}, Draws::from_seed(seed));
    return result;
}

// The share of rows whose largest number stands in the column of the label.
double share_right(Block<float const> rows, std::vector<std::uint8_t> const& labels) {
    std::size_t right = 0;
    for (std::size_t i = 0; i < rows.rows; ++i)
        right += std::ranges::max_element(rows.row(i)) - rows.row(i).begin() == labels[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(rows.rows);
}

} // namespace

int main() {
    Digits const training = digits(1500, 1), test = digits(500, 2);
    BoltzmannMachine machine{{{image, strokes}, {label, name}, {strokes, top}, {name, top}},
                             Binary{training.pixels.shape(1)},
                             Softmax{classes},
                             Binary{60},
                             Binary{20},
                             Binary{40}};
    Random random{1};
    initialise_weights(machine, {0.05, 2, 0.3, 0.3}, random); // a deviation a connection
    initialise_biases(machine, MatrixSource{training.pixels}, random);
    Trainer{PersistentCD{.chains = 50, .sweeps = 5}, Centred{Sgd{.learning_rate = 0.05}}, MeanField{.max_sweeps = 10}}
        .fit(machine, on_layers<image, label>(training.pixels, OneHot{training.labels, classes}),
             {.epochs = 30, .batch_size = 20}, random);

    Given seen{machine, test.labels.size()};
    seen.clamp(image, test.pixels);
    auto const labels = mean_given(machine, seen, {.sweeps = 20, .reads = 20}, random);
    std::cout << "Labels given images: " << 100 * share_right(labels.mean[label], test.labels) << " % are right.\n";

    Matrix<float> one_of_each = xt::zeros<float>({classes, classes});
    for (std::size_t c = 0; c < classes; ++c) one_of_each(c, c) = 1;
    Given told{machine, classes};
    told.clamp(label, one_of_each);
    auto const drawn = sample_given(machine, told, {.chains = 4, .sweeps = 100}, random);
    Matrix<float> const ink = conditional_means<image>(machine, drawn.states); // copy k of label c in row 4 c + k
    std::cout << "Images given labels:\n";
    for (std::size_t c = 0; c < classes; ++c)
        for (std::size_t y = 0; y < 28; y += 2) {
            for (std::size_t x = 0; x < 4 * 28; ++x)
                std::cout << " .+#"[static_cast<std::size_t>(ink(4 * c + x / 28, 28 * y + x % 28) * 3.99F)];
            std::cout << '\n';
        }
}
