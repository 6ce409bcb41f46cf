// SPDX-License-Identifier: MIT

/// @file
/// What a machine that has seen all images makes of few labels.

#include "machines.hpp"
#include "rows.hpp"

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
template <class M, class Pixels>
CompactMatrix settled(M const& rbm, Pixels const& pixels, std::size_t cycles, Compute const& compute) {
    CompactMatrix result{pixels.rows(), pixels.columns(), Compactness::sixteen_bits};
    Prepared const prepared{rbm, compute};
    infer_portions(prepared, pixels, ExactPosterior{}, compute, Draws::from_seed(0),
                   [&](std::size_t first, auto const& states) {
                       for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
                           prepared.template input<0>(states, states[0]);
                           rbm.template layer<0>().unit().mean(states[0]);
                           prepared.template input<1>(states, states[1]);
                           rbm.template layer<1>().unit().mean(states[1]);
                       }
                       result.store(first, states[0]);
                   });
    return result;
}

/// On how many labels a network is tuned, how many times they are drawn, and how.
struct Tuning {
    std::size_t labels = 0;
    std::size_t draws = 5;
    std::size_t batch = 100;
    double epochs = 30;
    double rate = 0.5;
    double lower = 1; ///< rates of the pretrained layers, times that of the softmax
    Dropout dropout{.hidden = 0.3};
};

/// Accuracies in percent over the draws of labels. `make(random)` is the network that each begins with,
/// `inputs(cases)` what it sees of these training images.
template <class Make, class Inputs, class HeldOut>
std::vector<double> accuracies(Setting const& setting, Images const& images, std::string const& name,
                               Tuning const& tuning, Make&& make, Inputs&& inputs, HeldOut const& held_out) {
    std::vector<double> result;
    for (std::size_t draw = 0; draw < tuning.draws; ++draw) {
        std::uint64_t const seed = setting.seed + draw;
        auto const cases = draw_labels(images.train.labels, tuning.labels, seed);
        std::vector<std::uint8_t> labels;
        for (std::size_t const i : cases) labels.push_back(images.train.labels[i]);
        Random random{seed};
        auto network = make(random);
        std::size_t const epochs = setting.epochs(tuning.epochs);
        auto recipe = averaged_fine_tuning(tuning.rate, 0.9, epochs, tuning.dropout);
        LayerRates& rates = recipe.optimizer.optimizer.layer_rates;
        rates.assign(decltype(network)::depth, Schedule{tuning.lower});
        rates.back() = 1.0;
        auto session = recipe.bind(network);
        run_stage(setting, name + "_" + std::to_string(tuning.labels) + "_" + std::to_string(seed), seed, session,
                  on_layers<0, 1>(inputs(cases), OneHot{labels, classes}),
                  {.epochs = epochs, .batch_size = tuning.batch});
        session.optimizer().write_average(network);
        result.push_back(100 - 100 * error_rate(network, held_out, images.test.labels, setting.compute()));
    }
    return result;
}

struct Published {
    Tuning tuning;
    char const* rbm;
    char const* dbm;
    char const* random;
};

} // namespace

Result reproduce_few_labels(Setting const& setting, Images const& images) {
    Dropout const strong{.beside = 0.25, .hidden = 0.5};
    std::array const published{
        Published{{.labels = 100, .batch = 10, .epochs = 100, .rate = 0.1, .lower = 0.1, .dropout = strong},
                  "81.70 %",
                  "83.79 %",
                  "76.1 %"},
        Published{{.labels = 1'000, .batch = 10, .rate = 0.1, .dropout = strong}, "93.65 %", "93.54 %", "88.9 %"},
        Published{{.labels = 10'000}, "97.27 %", "97.11 %", "94.6 %"},
        Published{{.labels = 60'000, .draws = setting.seeds}, "98.73 %", "98.68 %", "98.2 %"}};
    constexpr std::size_t cycles = 30;
    constexpr std::size_t hidden = 1024;
    Compute const compute = setting.compute();
    ByteSource const grey{images.train};
    ByteSource const unseen{images.test};
    Binarised const pixels{grey, Binarisation::stochastic, setting.seed};

    Result result;
    result.title = "Few labels on MNIST";
    auto const add = [&](Tuning const& tuning, char const* machine, char const* known, std::vector<double> values) {
        result.figures.push_back(
            {.name = images.test_name + " accuracy, " + std::to_string(tuning.labels) + " labels, " + machine,
             .published = std::string{known} + " (yell/boltzmann-machines)",
             .aim = std::string{"> "} + known,
             .unit = "%",
             .values = std::move(values)});
    };
    Random start{setting.seed};
    auto const rbm = centred_rbm(setting, hidden, setting.epochs(60), pixels, PersistentCD{.chains = 100}, start);
    auto const settled_unseen = settled(rbm, unseen, cycles, compute);
    Machine const dbm = paper_machine(setting, images);
    auto const beside = drawn_inputs(dbm, setting, images);
    auto const unseen_beside = held_out_inputs(dbm, setting, images);

    auto const from_rbm = [&](Random& random) { return unroll(rbm, classes, random); };
    auto const from_dbm = [&](Random& random) { return unroll(dbm, classes, random); };
    auto const from_random = [&](Random& random) {
        RBM weights{Binary{images.train.pixels()}, Binary{hidden}};
        initialise_weights(weights, 0.03, random);
        return unroll(weights, classes, random, TopDown::inferred, 0.03);
    };
    auto const drawn = [&](std::vector<std::size_t> const& cases) { return Subset{pixels, cases}; };
    auto const drawn_beside = [&](std::vector<std::size_t> const& cases) { return Subset{beside, cases}; };
    auto const drawn_settled = [&](std::vector<std::size_t> const& cases) {
        return Binarised{settled(rbm, Subset{grey, cases}, cycles, compute), Binarisation::stochastic, setting.seed};
    };
    for (auto const& [tuning, rbm_known, dbm_known, random_known] : published) {
        bool const all = tuning.labels == images.train.count;
        if (tuning.labels > images.train.count / 2 && !all) continue;
        add(tuning, "RBM", rbm_known,
            tuning.labels <= 1'000
                ? accuracies(setting, images, "rbm", tuning, from_rbm, drawn_settled, settled_unseen)
                : accuracies(setting, images, "rbm", tuning, from_rbm, drawn, unseen));
        add(tuning, "DBM", dbm_known,
            accuracies(setting, images, "dbm", tuning, from_dbm, drawn_beside, unseen_beside));
        add(tuning, "random weights", random_known,
            accuracies(setting, images, "random", tuning, from_random, drawn, unseen));
    }
    result.protocol = "generative training on all training images without their labels, the RBM by centred "
                      "persistent chains; as many labels of each class, five draws of them; fine-tuning on pixels "
                      "drawn at each presentation, with up to 1,000 labels and the RBM of images after 30 cycles "
                      "of its means, accuracies of grey test images; settings chosen on held-out training images, "
                      "the test images used once";
    return result;
}
