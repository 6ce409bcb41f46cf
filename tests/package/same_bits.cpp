// SPDX-License-Identifier: MIT
// Trains a small machine, measures it and prints all numbers to the bit. Built twice, with the bodies in this file
// and with those of boltz::compiled; both must print the same.

#include <boltz/boltz.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <type_traits>

using namespace boltz;

namespace {

template <std::floating_point T>
void print(char const* name, T value) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    std::printf("%s %llx\n", name, static_cast<unsigned long long>(std::bit_cast<Bits>(value)));
}

template <std::floating_point T>
void run() {
    LabelledImages const digits = synthetic_digits(300, 1);
    ByteSource const images{digits};
    Random random{7};
    using Layer = StochasticLayer<Bernoulli, T>;
    DBM dbm{Layer{digits.pixels()}, Layer{20}, Layer{30}};
    initialise_weights(dbm, 0.01, random);
    initialise_biases(dbm, images, random);
    DoubledInput{ContrastiveDivergence{.sweeps = 1}, Sgd{.learning_rate = 0.05, .momentum = 0.9}}.pretrain(
        dbm, images, {.epochs = 2}, random);
    Trainer{PersistentCD{.chains = 20}, Adam{.learning_rate = 0.001}, MeanField{.max_sweeps = 5}}.fit(
        dbm, images, {.epochs = 2}, random);
    for (std::size_t c = 0; c < 2; ++c)
        for (T const weight : dbm.weights(c)) print("weight", weight);
    LogPartition const log_z = log_partition(dbm, Ais{.chains = 20, .ladder = Ladder::linear(50)}, random);
    print("log Z", log_z.log_z);
    auto const states = sample(dbm, {.chains = 10, .sweeps = 20}, random);
    for (T const mean : conditional_means(dbm, states)) print("mean", mean);
    print("reconstruction error", reconstruction_error(dbm, images, MeanField{}));
}

} // namespace

int main() {
    run<float>();
    run<double>();
}
