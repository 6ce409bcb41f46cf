// SPDX-License-Identifier: MIT

/// @file
/// What a machine that has seen all images makes of few labels.

#include "../support/mnist/recipes.hpp"
#include "machines.hpp"
#include "rows.hpp"

#include <boltz/detail/permutation.hpp>

#include <array>
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

/// Images after `cycles` of means, h given v and v given h: each moves towards a mode of the RBM near by, and what
/// tells writers apart fades before what tells digits apart.
template <class Pixels>
CompactMatrix settled(Machine const& rbm, Pixels const& pixels, std::size_t cycles, Compute const& compute) {
    CompactMatrix result{pixels.rows(), pixels.columns(), Compactness::sixteen_bits};
    Prepared const prepared{rbm, compute};
    infer_portions(prepared, pixels, ExactPosterior{}, compute, Draws::from_seed(0),
                   [&](std::size_t first, StatesView<float> states) {
                       for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
                           for (std::size_t const l : {0, 1}) {
                               prepared.input(l, states, states[l]);
                               rbm.unit(l).mean(states[l]);
                           }
                       }
                       result.store(first, states[0]);
                   });
    return result;
}

/// The same setting, with a folder of its own for the stages of one of the machines.
Setting in_folder(Setting setting, char const* name) {
    setting.out /= name;
    std::filesystem::create_directories(setting.out);
    return setting;
}

/// How a network is tuned on its labels.
struct Tuning {
    std::size_t batch = 100;
    double epochs = 30;
    double rate = 0.5;
    double lower = 1; ///< rates of the layers below the softmax, times that of the softmax
    Dropout dropout{.hidden = 0.3};
};

/// Accuracies in percent over the draws of labels. `make(random)` is the network that each begins with,
/// `inputs(cases)` what it sees of these training images.
template <class Inputs, class HeldOut>
std::vector<double> accuracies(Setting const& setting, Images const& images, std::string const& name,
                               std::size_t count, std::size_t draws, Tuning const& tuning, MakeNetwork const& make,
                               Inputs&& inputs, HeldOut const& held_out) {
    std::vector<double> result;
    for (std::size_t draw = 0; draw < draws; ++draw) {
        std::uint64_t const seed = setting.seed + draw;
        auto const cases = draw_labels(images.train.labels, count, seed);
        std::vector<std::uint8_t> labels;
        for (std::size_t const i : cases) labels.push_back(images.train.labels[i]);
        Random random{seed};
        auto network = make(random);
        std::size_t const epochs = setting.epochs(tuning.epochs);
        auto recipe = averaged_fine_tuning(tuning.rate, 0.9, epochs, tuning.dropout);
        LayerRates& rates = recipe.optimizer.optimizer.layer_rates;
        rates.assign(network.layers(), Schedule{tuning.lower});
        rates.back() = 1.0;
        auto session = recipe.bind(network);
        run_stage(setting, name + "_" + std::to_string(count) + "_" + std::to_string(seed), seed, session,
                  on_layers<0, 1>(inputs(cases), OneHot{labels, classes}),
                  {.epochs = epochs, .batch_size = tuning.batch});
        session.optimizer().write_average(network);
        result.push_back(100 - 100 * error_rate(network, held_out, images.test.labels, setting.compute()));
    }
    return result;
}

/// One machine on one number of labels: what was published, and how ours is tuned.
struct Cell {
    char const* published;
    Tuning tuning{};
};

struct Line {
    std::size_t labels;
    std::size_t draws; ///< of the labels, or seeds where there are no others to draw
    Cell rbm, dbm, random;
    std::size_t cycles = 0; ///< of the RBM's means, in which images settle before its network sees them
};

} // namespace

Result reproduce_few_labels(Setting const& setting, Images const& images) {
    Dropout const noisy{.input = 0.2, .hidden = 0.5};
    Dropout const beside{.beside = 0.25, .hidden = 0.5};
    Tuning const small_steps{.batch = 20, .rate = 0.1, .dropout = noisy};
    std::array const lines{
        Line{100,
             5,
             {"81.70 %", {.batch = 10, .epochs = 100, .rate = 0.1, .lower = 0.1, .dropout = noisy}},
             {"83.79 %", {.batch = 10, .epochs = 100, .rate = 0.1, .lower = 0.1, .dropout = beside}},
             {"76.02 %", {.batch = 10, .epochs = 200, .rate = 0.1, .dropout = {.input = 0.5, .hidden = 0.5}}},
             30},
        Line{1'000,
             5,
             {"93.65 %", {.batch = 10, .epochs = 60, .rate = 0.1, .dropout = noisy}},
             {"93.54 %", {.batch = 10, .rate = 0.1, .lower = 0.1, .dropout = beside}},
             {"88.71 %", {.batch = 10, .rate = 0.1, .dropout = noisy}},
             10},
        Line{10'000,
             5,
             {"97.27 %", {.batch = 20, .epochs = 60, .rate = 0.1, .dropout = noisy}},
             {"97.11 %", {.batch = 20, .rate = 0.1, .dropout = beside}},
             {"94.73 %", small_steps}},
        Line{60'000, setting.seeds, {"98.73 %"}, {"98.68 %"}, {"98.20 %", small_steps}}};
    constexpr std::size_t hidden = 1024;
    Compute const compute = setting.compute();
    ByteSource const grey{images.train};
    ByteSource const unseen{images.test};
    Binarised const pixels{grey, Binarisation::stochastic, setting.seed};

    Result result;
    result.title = "Few labels on MNIST";
    Random start{setting.seed};
    auto const rbm = centred_rbm(setting, hidden, setting.epochs(60), pixels, PersistentCD{.chains = 100}, start);
    Machine const dbm = paper_machine(in_folder(setting, "dbm"), images);
    auto const dbm_inputs = network_inputs(dbm, pixels, setting);
    auto const dbm_unseen = network_inputs(dbm, unseen, setting);

    auto const from_rbm = [&](Random& random) { return unroll(rbm, classes, random); };
    auto const from_dbm = [&](Random& random) { return unroll(dbm, classes, random); };
    auto const from_random = [&](Random& random) {
        Machine weights = binary_machine({images.train.pixels(), hidden});
        initialise_weights(weights, 0.03, random);
        return unroll(weights, classes, random, TopDown::inferred, 0.03);
    };
    auto const drawn = [&](auto const& source) {
        return [&](std::vector<std::size_t> const& cases) { return Subset{source, cases}; };
    };

    for (Line const& line : lines) {
        bool const all = line.labels == images.train.count;
        if (line.labels > images.train.count / 2 && !all) continue;
        auto const add = [&](std::string const& machine, std::string const& name, Cell const& cell,
                             MakeNetwork const& make, auto const& inputs, auto const& held_out) {
            std::string const known{cell.published};
            result.figures.push_back(
                {.name = images.test_name + " accuracy, " + std::to_string(line.labels) + " labels, " + machine,
                 .published = known + " (yell/boltzmann-machines)",
                 .aim = "> " + known,
                 .unit = "%",
                 .values = accuracies(setting, images, name, line.labels, line.draws, cell.tuning, make, inputs,
                                      held_out)});
        };
        if (std::size_t const cycles = line.cycles; cycles > 0)
            add(
                "RBM, images after " + std::to_string(cycles) + " cycles of its means", "rbm", line.rbm, from_rbm,
                [&](std::vector<std::size_t> const& cases) {
                    return Binarised{settled(rbm, Subset{grey, cases}, cycles, compute), Binarisation::stochastic,
                                     setting.seed};
                },
                settled(rbm, unseen, cycles, compute));
        else if (all) {
            // Of all labels a network of less sharp features makes more.
            auto const cd_rbm = features_rbm(in_folder(setting, "rbm_by_cd"), images, hidden, setting.epochs(120));
            auto const from_cd_rbm = [&](Random& random) { return unroll(cd_rbm, classes, random); };
            add("RBM by CD-1", "rbm", line.rbm, from_cd_rbm, drawn(pixels), unseen);
        } else
            add("RBM", "rbm", line.rbm, from_rbm, drawn(pixels), unseen);
        add("DBM", "dbm", line.dbm, from_dbm, drawn(dbm_inputs), dbm_unseen);
        add("random weights", "random", line.random, from_random, drawn(pixels), unseen);
    }
    result.protocol =
        "generative training on all training images without their labels, the RBM by centred persistent chains, for "
        "all labels by CD-1; as many labels of each class, five draws of them, " +
        std::to_string(setting.seeds) +
        " seeds with all; fine-tuning on pixels drawn at each presentation, accuracies of grey test images; settings "
        "chosen on held-out training images, none on the test images but the RBM with all labels";
    return result;
}
