// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Models whose log Z is known exactly, by which estimates of it are judged.

#include "grouped_machine.hpp"
#include "ising_torus.hpp"

#include <boltz/data/synthetic_digits.hpp>
#include <boltz/dbm.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// A model and the truth about it.
struct KnownModel {
    std::string description; ///< in words, for a table
    std::string modes{};     ///< how many, and with which probabilities where they can be told
    bool unequal = false;    ///< whether two or more modes of unequal mass are known
    std::string route;       ///< how log Z is known
    double log_z = 0;        ///< nats
    std::function<boltz::LogPartition(boltz::Ais const&, boltz::Random&)> estimate; ///< as without data
    std::function<double(double most_states)> enumerate; ///< exact_log_partition; throws where there are more states
};

/// A model by its name, made when it is asked for: some are trained or enumerated.
struct KnownModelMaker {
    std::string name;
    std::function<KnownModel()> make;
    bool needle = false; ///< whether it hides a mode where no chain comes
};

namespace detail_of_known_models {

using namespace boltz;

/// What all kinds have in common. The estimate is that of the program `boltz-score` without data.
inline KnownModel known(BoltzmannMachine<float> const& model, std::string description, std::string route,
                        double log_z) {
    return {
        .description = std::move(description),
        .route = std::move(route),
        .log_z = log_z,
        .estimate = [model](Ais const& ais, Random& random) { return log_partition(model, ais, random); },
        .enumerate = [model](double most_states) { return exact_log_partition(model, {.max_states = most_states}); }};
}

/// A model that is small enough to be enumerated.
inline KnownModel enumerated(BoltzmannMachine<float> const& model, std::string description) {
    return known(model, std::move(description), "enumeration", exact_log_partition(model));
}

inline std::string in_words(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

enum class Form { bonds, board };

inline KnownModel torus_model(IsingTorus const& torus, Form form, std::string const& what) {
    std::string const side = std::to_string(torus.side);
    BinaryRbm const rbm = form == Form::bonds ? bond_rbm(torus) : board_rbm(torus);
    IsingTorus const held = form == Form::bonds ? torus_of_bonds(rbm, torus.side) : torus_of_board(rbm, torus.side);
    return known(rbm,
                 what + " " + side + " x " + side +
                     (form == Form::bonds ? ", a hidden unit a bond" : ", hidden units are every second site"),
                 "transfer matrix", held.log_partition());
}

/// Above the critical coupling of 0.4407 nearly all spins agree: two modes, equal without a field.
inline KnownModelMaker ising(std::size_t side, double coupling, double field, Form form = Form::bonds) {
    std::string const name = std::string{form == Form::bonds ? "ising-" : "board-"} + std::to_string(side) + "-k" +
                             in_words(coupling) + "-h" + in_words(field);
    return {name, [=] {
                KnownModel result =
                    torus_model(even_torus(side, coupling, field), form,
                                "Ising torus, K = " + in_words(coupling) + ", field " + in_words(field) + ",");
                bool const ordered = coupling > 0.45;
                result.modes = !ordered ? "1" : field == 0 ? "2, equal" : "2, unequal";
                result.unequal = ordered && field != 0;
                return result;
            }};
}

inline KnownModelMaker glass(std::size_t side, double coupling, double deviation, std::uint64_t seed,
                             Form form = Form::bonds) {
    std::string const name = std::string{form == Form::bonds ? "glass-" : "board-glass-"} + std::to_string(side) +
                             "-k" + in_words(coupling) + "-d" + in_words(deviation);
    return {name, [=] {
                KnownModel result = torus_model(glass_torus(side, coupling, deviation, seed), form,
                                                "+-J glass, J = " + in_words(coupling) + ", fields of deviation " +
                                                    in_words(deviation) + ",");
                result.modes = deviation == 0 ? "many, in equal pairs" : "many, unequal";
                result.unequal = deviation != 0;
                return result;
            }};
}

template <std::size_t Depth>
KnownModelMaker grouped(std::string name, GroupedMachine<Depth> const& machine, std::string const& what,
                        bool needle = false) {
    return {std::move(name),
            [=] {
                KnownModel result = known(machine.model(), what, "counts", machine.log_partition());
                std::vector<double> modes = machine.modes();
                std::erase_if(modes, [](double mass) { return mass < 1e-9; });
                result.modes = std::to_string(modes.size());
                if (modes.size() > 1) result.modes += ", the greatest " + in_words(std::round(1e4 * modes[0]) / 1e4);
                result.unequal = modes.size() > 1 && modes.front() > 1.05 * modes.back();
                return result;
            },
            needle};
}

template <std::size_t Depth>
KnownModelMaker ferromagnet(std::array<std::size_t, Depth> const& sizes,
                            std::array<double, Depth - 1> const& couplings, double tilt) {
    std::string shape, strengths;
    for (std::size_t l = 0; l < Depth; ++l) shape += (l > 0 ? "-" : "") + std::to_string(sizes[l]);
    for (std::size_t l = 0; l + 1 < Depth; ++l) strengths += (l > 0 ? ", " : "") + in_words(couplings[l]);
    return grouped("phases-" + shape + "-j" + in_words(couplings[0]) + "-t" + in_words(tilt),
                   layered_ferromagnet<Depth>(sizes, couplings, tilt),
                   "two phases " + shape + ", J = " + strengths + ", tilt " + in_words(tilt));
}

inline KnownModelMaker rivals(std::size_t phases, std::size_t visible, std::size_t hidden, double step) {
    std::string const name = "rivals-" + std::to_string(phases) + "x" + std::to_string(visible) + "-" +
                             std::to_string(hidden) + "-s" + in_words(step);
    return grouped(name, rival_groups(phases, visible, hidden, step),
                   std::to_string(phases) + " rival groups of " + std::to_string(visible) + " and " +
                       std::to_string(hidden) + " units, step " + in_words(step));
}

inline KnownModelMaker needle_model(std::size_t visible, std::size_t on, double radius, double gain, double bias) {
    std::string const name = "needle-" + std::to_string(visible) + "-r" + in_words(radius) + "-g" + in_words(gain);
    return grouped(name, needle(visible, on, radius, gain, bias),
                   "a pattern of " + std::to_string(visible) + " units, felt from fewer than " + in_words(radius) +
                       " wrong ones on, gain " + in_words(gain) + ", visible bias " + in_words(bias),
                   true);
}

/// Normal weights and biases of these deviations.
inline BoltzmannMachine<float> with_random_parameters(BoltzmannMachine<float> model, double weights, double biases,
                                                      std::uint64_t seed) {
    Random random{seed};
    initialise_weights(model, weights, random);
    Draws const draws = random.split();
    for (std::size_t l = 0; l < model.layers(); ++l) {
        auto& bias = model.layer(l).bias();
        draws.stream(l).normal(0, 0, std::span{bias.data(), bias.size()});
        for (auto& b : bias) b *= static_cast<float>(biases);
    }
    return model;
}

inline KnownModelMaker random_model(std::string const& name, std::string const& what,
                                    BoltzmannMachine<float> const& model, double weights, double biases,
                                    std::uint64_t seed) {
    return {name + "-w" + in_words(weights), [=] {
                KnownModel result = enumerated(with_random_parameters(model, weights, biases, seed),
                                               what + ", weights of deviation " + in_words(weights) + ", biases of " +
                                                   in_words(biases));
                result.modes = "not known";
                return result;
            }};
}

/// Digits of 7 x 7 pixels, black where the mean of 4 x 4 pixels of a synthetic digit is above a quarter.
inline Matrix<float> small_digits(std::size_t count) {
    LabelledImages const digits = synthetic_digits(count, 3);
    Matrix<float> result = xt::zeros<float>({count, std::size_t{49}});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < 49; ++k) {
            double sum = 0;
            for (std::size_t y = 0; y < 4; ++y)
                for (std::size_t x = 0; x < 4; ++x)
                    sum += digits.image(i)[(k / 7 * 4 + y) * digits.width + k % 7 * 4 + x];
            result(i, k) = sum / 16 > 64 ? 1 : 0;
        }
    return result;
}

inline KnownModelMaker trained(std::string const& name, std::string const& what,
                               std::function<Matrix<float>()> const& data, std::size_t hidden, std::size_t updates,
                               double rate, std::uint64_t seed) {
    return {name + "-" + std::to_string(hidden) + "-u" + std::to_string(updates), [=] {
                Matrix<float> const cases = data();
                BinaryRbm rbm{BinaryLayer{cases.shape(1)}, BinaryLayer{hidden}};
                Random random{seed};
                initialise_weights(rbm, 0.1, random);
                constexpr std::size_t batch = 50;
                std::size_t const batches = (cases.shape(0) - 1) / batch + 1;
                Trainer{PersistentCD{.sweeps = 5}, Sgd{.learning_rate = rate}}.fit(
                    rbm, cases, {.epochs = updates / batches, .batch_size = batch}, random);
                KnownModel result = enumerated(rbm, "RBM trained on " + what + " for " + std::to_string(updates) +
                                                        " updates, " + std::to_string(hidden) + " hidden units");
                result.modes = "not known";
                return result;
            }};
}

/// A mixture: one softmax unit of `components` states above `visible` binary units, which say each what the
/// component says (weights of `strength` and random sign). Component k has bias -step k.
inline KnownModelMaker mixture(std::size_t visible, std::size_t components, double strength, double step,
                               std::uint64_t seed) {
    return {"mixture-" + std::to_string(visible) + "-" + std::to_string(components) + "-w" + in_words(strength), [=] {
                DBM model{BinaryLayer{visible}, StochasticLayer<Multinomial>{components}};
                Random random{seed};
                initialise_weights(model, 1, random);
                for (float& w : model.weights()) w = static_cast<float>(w > 0 ? strength : -strength);
                for (std::size_t k = 0; k < components; ++k)
                    model.layer<1>().bias()(k) = static_cast<float>(-step * static_cast<double>(k));
                KnownModel result =
                    enumerated(model, "a softmax unit over " + std::to_string(visible) + " binary ones, " +
                                          std::to_string(components) + " components, weights " + in_words(strength));
                result.modes = std::to_string(components) + ", unequal";
                result.unequal = true;
                return result;
            }};
}

/// Two clouds of real numbers: one binary unit moves the mean of all by `shift` and has log odds `odds` when they are
/// integrated out.
inline KnownModelMaker two_clouds(std::size_t visible, double shift, double odds) {
    return {"clouds-" + std::to_string(visible) + "-m" + in_words(shift), [=] {
                RBM model{StochasticLayer<Gaussian>{visible}, BinaryLayer{1}};
                for (float& w : model.weights()) w = static_cast<float>(shift);
                model.hidden().bias()(0) =
                    static_cast<float>(odds - static_cast<double>(visible) * shift * shift / 2);
                KnownModel result =
                    enumerated(model, std::to_string(visible) + " Gaussian units in two clouds, each mean " +
                                          in_words(shift) + " apart, log odds " + in_words(odds));
                result.modes = "2, unequal";
                result.unequal = true;
                return result;
            }};
}

/// `trials` draws from `categories` words of two topics: `hidden` units all on or all off, as the words of the first
/// half or the second.
inline KnownModelMaker two_topics(std::size_t categories, std::size_t trials, std::size_t hidden, double strength,
                                  double tilt) {
    return {
        "topics-" + std::to_string(categories) + "-" + std::to_string(trials) + "-" + std::to_string(hidden), [=] {
            RBM model{StochasticLayer<Multinomial>{categories, Multinomial{trials}}, BinaryLayer{hidden}};
            for (std::size_t k = 0; k < categories; ++k)
                for (std::size_t j = 0; j < hidden; ++j)
                    model.weights()(k, j) = static_cast<float>(k < categories / 2 ? strength : -strength);
            for (float& b : model.hidden().bias()) b = static_cast<float>(tilt / static_cast<double>(hidden));
            // All on says strength * hidden more to the first half than all off does: words are alike there.
            for (std::size_t k = 0; k < categories / 2; ++k)
                model.visible().bias()(k) = static_cast<float>(-strength * static_cast<double>(hidden));
            KnownModel result = enumerated(model, std::to_string(trials) + " words of " + std::to_string(categories) +
                                                      ", " + std::to_string(hidden) + " hidden units, two topics");
            result.modes = "2, unequal";
            result.unequal = true;
            return result;
        }};
}

} // namespace detail_of_known_models

/// All of them, in the order of the table; the same models on every run of one build.
[[nodiscard]] inline std::vector<KnownModelMaker> known_models() {
    using namespace detail_of_known_models;
    std::vector<KnownModelMaker> all;
    auto const add = [&](KnownModelMaker maker) { all.push_back(std::move(maker)); };

    // One or two modes, of unequal mass with a field; each of the two ways to write an Ising model as an RBM.
    add(ising(4, 0.3, 0));
    add(ising(4, 0.44, 0.1));
    add(ising(4, 0.6, 0.02));
    add(ising(4, 0.8, 0));
    add(ising(4, 0.9, 0.05));
    add(ising(4, 1, -0.05));
    add(ising(5, 0.5, 0));
    add(ising(5, 0.8, 0.05));
    add(ising(6, 0.44, 0));
    add(ising(6, 0.8, 0));
    add(ising(6, 0.8, 0.05));
    add(ising(7, 0.7, -0.02));
    add(ising(8, 0.44, 0.01));
    add(ising(8, 1, 0));
    add(ising(8, 1, 0.05));
    add(ising(4, 0.6, 0.02, Form::board));
    add(ising(6, 0.8, 0.05, Form::board));
    add(ising(6, 1, -0.03, Form::board));
    add(ising(8, 0.44, 0, Form::board));
    add(ising(8, 0.6, 0.01, Form::board));
    add(ising(8, 1, 0, Form::board));
    add(ising(8, 1, 0.05, Form::board));

    // Many modes, in equal pairs unless there are fields.
    add(glass(4, 0.5, 0, 1));
    add(glass(4, 1, 0, 2));
    add(glass(4, 1.5, 0.2, 3));
    add(glass(5, 1, 0, 4));
    add(glass(6, 0.8, 0, 5));
    add(glass(6, 1.5, 0, 6));
    add(glass(4, 1, 0.3, 7, Form::board));
    add(glass(6, 1, 0, 8, Form::board));
    add(glass(6, 1, 0.2, 9, Form::board));
    add(glass(6, 1.5, 0.1, 10, Form::board));

    // Two phases and more, by counts.
    add(ferromagnet<2>({20, 20}, {0.075}, 1));
    add(ferromagnet<2>({20, 20}, {0.1}, -1));
    add(ferromagnet<2>({30, 20}, {0.063}, 0.5));
    add(ferromagnet<2>({30, 20}, {0.095}, 2));
    add(ferromagnet<2>({40, 25}, {0.049}, 3));
    add(ferromagnet<2>({40, 25}, {0.073}, -0.5));
    add(ferromagnet<2>({60, 20}, {0.052}, 5));
    add(ferromagnet<3>({12, 10, 12}, {0.095, 0.095}, 1));
    add(ferromagnet<3>({20, 12, 8}, {0.11, 0.07}, -2));
    add(ferromagnet<4>({10, 8, 8, 10}, {0.116, 0.113, 0.116}, 1));
    add(ferromagnet<4>({15, 6, 10, 6}, {0.146, 0.11, 0.146}, 0.3));
    add(rivals(2, 12, 10, 0.1));
    add(rivals(3, 12, 10, 0.05));
    add(rivals(4, 8, 8, 0.2));
    GroupedMachine<2> two_modes; // 20 visible units all off or all on, with odds 1 : exp(10)
    two_modes.sizes = {std::vector<std::size_t>{20}, std::vector<std::size_t>{1}};
    two_modes.biases = {std::vector<float>{-5}, std::vector<float>{-90}};
    two_modes.weights[0] = {{10}};
    add(grouped("twomode-20-1", two_modes, "RBM 20-1, all off or all on"));

    // Trained on small data.
    auto const bars = [](std::size_t n) { return [n] { return bars_and_stripes(n).cases; }; };
    auto const digits = [] { return small_digits(500); };
    add(trained("bars-3", "bars and stripes 3 x 3", bars(3), 8, 400, 0.1, 1));
    add(trained("bars-3", "bars and stripes 3 x 3", bars(3), 12, 2000, 0.2, 2));
    add(trained("bars-4", "bars and stripes 4 x 4", bars(4), 12, 800, 0.1, 3));
    add(trained("bars-4", "bars and stripes 4 x 4", bars(4), 14, 4000, 0.2, 4));
    add(trained("digits", "digits of 7 x 7 pixels", digits, 8, 300, 0.1, 5));
    add(trained("digits", "digits of 7 x 7 pixels", digits, 14, 1000, 0.1, 6));

    // Random weights: RBMs, machines of three and four layers.
    auto const add_binary = [&](double weights, double biases, std::uint64_t seed, auto... sizes) {
        std::string shape;
        ((shape += '-' + std::to_string(sizes)), ...);
        add(random_model("random" + shape, "binary units " + shape.substr(1),
                         DBM{BinaryLayer{static_cast<std::size_t>(sizes)}...}, weights, biases, seed));
    };
    add_binary(0.5, 0.5, 1, 20, 10);
    add_binary(1, 0.5, 2, 30, 12);
    add_binary(2, 1, 3, 30, 12);
    add_binary(3, 1, 4, 40, 14);
    add_binary(0.5, 0.5, 5, 12, 8, 12);
    add_binary(1, 0.5, 6, 15, 10, 15);
    add_binary(2, 1, 7, 16, 12, 8);
    add_binary(0.5, 0.5, 8, 8, 6, 6, 8);
    add_binary(1, 0.5, 9, 10, 7, 7, 10);
    add_binary(2, 1, 10, 10, 8, 8, 10);

    // Real numbers, counts, softmax units, and some side by side.
    StochasticLayer<Gaussian> const real{20};
    add(random_model("gauss-20-10", "20 Gaussian and 10 binary units", DBM{real, BinaryLayer{10}}, 0.5, 0.5, 11));
    add(random_model("gauss-20-10", "20 Gaussian and 10 binary units", DBM{real, BinaryLayer{10}}, 1, 1, 12));
    add(random_model("gauss-20-8-12", "20 Gaussian, 8 and 12 binary units",
                     DBM{real, BinaryLayer{8}, BinaryLayer{12}}, 0.5, 0.5, 13));
    add(two_clouds(10, 1, 1));
    add(two_clouds(10, 2, -2));
    StochasticLayer<Multinomial> const words{10, Multinomial{8}};
    add(random_model("words-8x10-10", "8 words of 10 and 10 binary units", DBM{words, BinaryLayer{10}}, 0.3, 0.3,
                     14));
    add(random_model("words-8x10-10", "8 words of 10 and 10 binary units", DBM{words, BinaryLayer{10}}, 1, 0.5, 15));
    add(two_topics(6, 10, 8, 0.5, 1));
    add(mixture(20, 6, 1, 0.5, 16));
    add(mixture(30, 10, 2, 0.3, 17));
    add(random_model("joint-25-10", "20 binary units beside a softmax of 5, and 10 binary units",
                     DBM{JointLayer{BinaryLayer{20}, StochasticLayer<Multinomial>{5}}, BinaryLayer{10}}, 1, 0.5, 18));

    // Modes in a corner that nothing leads to.
    add(needle_model(24, 12, 1.5, 22, 0));
    add(needle_model(30, 10, 1.5, 30, 0));
    add(needle_model(40, 20, 2.5, 28, 0));
    add(needle_model(60, 30, 2.5, 50, 0));
    add(needle_model(40, 13, 4.5, 35, -0.5));
    return all;
}

} // namespace bench
