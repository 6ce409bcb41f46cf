// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/data_and_files.md, in a folder of its own.

#include "require.hpp"

#include <filesystem>

// [includes]
#include <boltz/boltz.hpp>
// [includes]

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <span>
#include <vector>

// [source]
/// Pictures of a single dot at a random place, made as they are needed.
class Dots {
  public:
    Dots(std::size_t rows, std::size_t columns, std::uint64_t seed) : rows_{rows}, columns_{columns}, seed_{seed} {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }

    template <class T>
    void load(std::span<std::size_t const> indices, boltz::Block<T> out, boltz::Draws const&) const {
        auto const places = boltz::Draws::from_seed(seed_);
        for (std::size_t i = 0; i < indices.size(); ++i) {
            for (T& pixel : out.row(i)) pixel = 0;
            out(i, static_cast<std::size_t>(places.below(columns_, indices[i], 0))) = 1; // named by the case
        }
    }

  private:
    std::size_t rows_;
    std::size_t columns_;
    std::uint64_t seed_;
};
static_assert(boltz::concepts::DataSource<Dots>);
// [source]

namespace {

using namespace boltz;
using Layer = StochasticLayer<Bernoulli>;

void write_mnist(std::filesystem::path const& folder) {
    std::filesystem::create_directories(folder);
    auto const write = [&](char const* images, char const* labels, LabelledImages const& data) {
        write_idx(folder / images, {{data.count, data.height, data.width}, data.images});
        write_idx(folder / labels, {{data.count}, data.labels});
    };
    write("train-images-idx3-ubyte", "train-labels-idx1-ubyte", synthetic_digits(300, 1));
    write("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", synthetic_digits(100, 2));
}

void sources() {
    // [idx]
    Mnist const mnist = read_mnist("data/mnist"); // four IDX files, plain or .gz
    ByteSource const grey{mnist.train};           // refers to mnist, which must outlive it
    // [idx]
    require(grey.rows() == 300 && grey.columns() == 784, "all images are there");

    // [binarised]
    Binarised const afresh{grey, Binarisation::stochastic}; // drawn at each presentation
    Binarised const once{grey, Binarisation::fixed, 42};    // drawn once: 42 chooses among the possible data sets
    Binarised const black_and_white{grey, Binarisation::threshold};
    // [binarised]
    require(binarisation_of(afresh) == Binarisation::stochastic && binarisation_of(grey) == Binarisation::none &&
                to_string(once.binarisation()) == "fixed" && black_and_white.rows() == 300,
            "a source tells its protocol");

    // [labels]
    Random random{1};
    DBM dbm{Layer{784}, Layer{30}, Layer{20}, StochasticLayer<Multinomial>{10}};
    initialise_weights(dbm, 0.01, random);
    auto const data = on_layers<0, 3>(afresh, OneHot{mnist.train.labels, 10});
    DoubledInput{ContrastiveDivergence{}, Sgd{}}.pretrain(dbm, data, {.epochs = 2}, random);
    Trainer{PersistentCD{}, Sgd{.learning_rate = 0.001}, MeanField{}}.fit(dbm, data, {.epochs = 2}, random);
    // [labels]

    // [joint]
    RBM associator{JointLayer{Layer{784}, StochasticLayer<Multinomial>{10}}, Layer{30}};
    SideBySide const pairs{grey, OneHot{mnist.train.labels, 10}};
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(associator, pairs, {.epochs = 2}, random);
    // [joint]

    // [split]
    Split const parts = split(grey.rows(), 50, random); // 50 cases at random for validation
    Subset const training{afresh, parts.training};
    Subset const validation{grey, parts.validation};
    // [split]
    require(training.rows() == 250 && validation.rows() == 50, "the parts make up the whole");

    RBM rbm{Layer{16}, Layer{4}};
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, Dots{100, 16, 1}, {.epochs = 1}, random);
}

void less_room() {
    Mnist const mnist = read_mnist("data/mnist");
    ByteSource const grey{mnist.train};
    Binarised const black_and_white{grey, Binarisation::threshold};
    Random random{4};
    DBM dbm{Layer{784}, Layer{30}, Layer{20}};
    initialise_weights(dbm, 0.1, random);

    // [bits]
    PackedBits const packed = pack_bits(black_and_white); // 98 bytes an image
    BitSource const bits{packed};                         // refers to packed, which must outlive it
    // [bits]
    require(packed.bytes.size() == 300 * 98 && bits.columns() == 784, "a bit is an eighth of a byte");

    // [features]
    auto const stored = compact_features<1, 2>(dbm, grey, MeanField{}); // 2 bytes a number
    auto const small = compact_features<1, 2>(dbm, grey, MeanField{}, {}, Compactness::eight_bits);
    auto const computed = inferred_features<1, 2>(dbm, grey, MeanField{}); // none: inferred when loaded
    MLP classifier{50, OutputLayer<Multinomial>{10}};                      // softmax regression: no hidden layers
    Backpropagation{Sgd{.learning_rate = 0.1}}.fit(
        classifier, on_layers<0, 1>(stored, OneHot{mnist.train.labels, 10}), {.epochs = 2}, random);
    double const error = error_rate(classifier, computed, mnist.train.labels);
    // [features]
    require(small.columns() == 50 && error >= 0 && error <= 1, "features are a source, stored or not");
}

void larger_than_memory() {
    auto const digits = synthetic_digits(300, 7);
    Array array{.dtype = "|u1", .shape = {300, 28, 28}, .bytes = {}};
    auto const* const first = reinterpret_cast<std::byte const*>(digits.images.data());
    array.bytes.assign(first, first + digits.images.size());
    write_npy("cases.npy", array);
    write_idx("train-images-plain", {{300, 28, 28}, digits.images});
    Random random{5};
    RBM rbm{Layer{784}, Layer{20}};
    initialise_weights(rbm, 0.01, random);

    // [mapped]
    MappedSource const cases = map_npy("cases.npy");           // <f4, <f8, or |u1 / 255; nothing is read yet
    MappedSource const images = map_idx("train-images-plain"); // plain, not .gz
    Trainer{ContrastiveDivergence{}, Sgd{}}.fit(
        rbm, Binarised{cases, Binarisation::stochastic},
        {.epochs = 2, .shuffle = Shuffle::blocks, .shuffle_blocks = {.cases = 100, .window = 4}}, random);
    // [mapped]
    require(cases.rows() == 300 && images.columns() == 784, "a mapped file says how large it is");
}

void files() {
    Random random{3};
    // [save]
    RBM rbm{StochasticLayer<Gaussian>{6, Gaussian::learned()}, Layer{4}};
    initialise_weights(rbm, 0.1, random);
    save("rbm.npz", rbm);
    auto const again = load<RBM<StochasticLayer<Gaussian>, Layer>>("rbm.npz");
    // [save]
    require(again.weights() == rbm.weights(), "what is loaded is what was saved");

    // [load_machine]
    BoltzmannMachine<float> const any = load_machine("rbm.npz"); // whatever its layers and connections are
    for (std::size_t l = 0; l < any.layers(); ++l)
        std::cout << any.sizes()[l] << ' ' << any.unit(l).name() << " units\n";
    // [load_machine]
    require(any.weights() == rbm.weights() && any.unit(0).name() == "gaussian", "a machine of any layers is read");

    // [arrays]
    Npz const file = read_npz("rbm.npz");
    for (auto const& [name, array] : file.arrays) std::cout << name << ' ' << array.dtype << '\n';
    std::cout << file.texts.at("meta.json") << '\n';
    // [arrays]
    require(file.arrays.size() == 5 && file.arrays.contains("unit_0/log_precision"), "names are as documented");
}

void checkpoints() {
    auto const digits = synthetic_digits(200, 5);
    ByteSource const images{digits};
    Random start{1};
    DBM dbm{Layer{784}, Layer{20}, Layer{10}};
    initialise_weights(dbm, 0.01, start);

    // [checkpoint]
    Trainer const trainer{PersistentCD{.chains = 20}, Sgd{.learning_rate = 0.01, .momentum = 0.9}, MeanField{}};
    auto const begin = [&](auto& model) {
        Random random{2024};
        trainer.bind(model).fit(images, {.epochs = 3}, random, Checkpoint{"run.npz"});
    };
    auto const go_on = [&](auto& model, std::size_t epochs) { // perhaps in another process
        Random random{2024};
        auto session = trainer.bind(model);
        resume("run.npz", session); // parameters, velocities, chains, clock and random state
        session.fit(images, {.epochs = epochs}, random, Checkpoint{"run.npz"});
    };
    // [checkpoint]
    auto unbroken = dbm;
    {
        Random random{2024};
        trainer.fit(unbroken, images, {.epochs = 5}, random);
    }
    auto stopped = dbm;
    begin(stopped);
    auto resumed = dbm;
    go_on(resumed, 5);
    require(resumed.weights(0) == unbroken.weights(0) && resumed.weights(1) == unbroken.weights(1),
            "a resumed training is the unbroken one, to the bit");

    // [archive]
    Random random{9};
    Arrays arrays = to_arrays(random); // anything with archive(), in memory
    Random other{0};
    from_arrays(arrays, other); // all or nothing: other now draws what random would
    // [archive]
    require(random.split().key() == other.split().key(), "an archive restores a state");
}

} // namespace

int main() {
    write_mnist("data/mnist");
    sources();
    less_room();
    larger_than_memory();
    files();
    checkpoints();
}
