// SPDX-License-Identifier: MIT

/// @file
/// The likelihood of RBMs that were trained by centred persistent chains.

#include "machines.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

using namespace boltz;

namespace {

/// Trains an RBM 784-500 and estimates log Z from both sides; `published` and `aim` are of the log-likelihood.
template <class HeldOut>
Result likelihood_row(Setting const& setting, Binarised<ByteSource> const& training, HeldOut const& held_out,
                      std::size_t epochs, PersistentCD const& sampling, Figure likelihood) {
    Random random{setting.seed};
    auto const rbm = centred_rbm(setting, 500, epochs, training, sampling, random);
    Ais const ais{.runs = 100, .ladder = Ladder::salakhutdinov_murray(), .compute = setting.compute()};
    auto const base = base_at_data(rbm, training, random, setting.compute());
    LogPartition const below = log_partition(rbm, ais, random, base);
    auto ends =
        sample_from_data(rbm, training, {.count = ais.runs, .sweeps = 1000, .compute = setting.compute()}, random);
    LogPartition const above = reverse_log_partition(rbm, ends.blocks(), ChainStart::long_chains, ais, random, base);
    LogLikelihood const found = log_likelihood(rbm, held_out, below, setting.compute());
    likelihood.unit = "nats";
    likelihood.values = {found.mean};
    likelihood.standard_error = found.standard_error;
    likelihood.note = below.warning();
    Result result;
    result.figures = {std::move(likelihood)};
    add_log_z(result, below, above);
    return result;
}

} // namespace

Result reproduce_rbm_likelihood(Setting const& setting, Images const& images) {
    Result result = likelihood_row(
        setting, Binarised{ByteSource{images.train}, Binarisation::threshold, setting.seed},
        Binarised{ByteSource{images.test}, Binarisation::threshold, setting.seed}, setting.epochs(200),
        PersistentCD{.chains = 100},
        {.name = images.test_name + " log-likelihood", .published = "-84.86 nats (PyDeep)", .aim = ">= -84.86"});
    result.title = "RBM 784-500 on MNIST, pixels at a threshold";
    result.protocol =
        "pixels 1 from 1/2 on, in training and test; 100 persistent chains, one sweep an update, centred "
        "gradient; log Z by 100 annealed runs over 14,500 temperatures; settings not tuned on the test images";
    return result;
}

Result reproduce_rbm_binarised(Setting const& setting, Images const& images) {
    Binarised const training{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    std::string pixels = "drawn once, with seed 0";
    LabelledImages test = images.test;
    if (!setting.binarised_test.empty() && images.test_name == "test") {
        IdxBytes published = read_idx(setting.binarised_test);
        if (published.bytes.size() != test.images.size())
            boltz::detail::fail<ShapeError>("rbm-binarised: ", setting.binarised_test, " has ",
                                            published.bytes.size(), " pixels, but the test images have ",
                                            test.images.size());
        std::transform(published.bytes.begin(), published.bytes.end(), test.images.begin(),
                       [](std::uint8_t pixel) { return pixel > 0 ? 255 : 0; });
        pixels = "those that Salakhutdinov & Murray drew";
    }
    // More sweeps an update as the modes of the machine grow apart.
    std::size_t const epochs = setting.epochs(150);
    PersistentCD const sampling{.chains = 100,
                                .steps = Schedule::per_epoch({1, 2, 5}, std::max<std::size_t>(epochs / 3, 1))};
    Result result =
        likelihood_row(setting, training, Binarised{ByteSource{test}, Binarisation::fixed, 0}, epochs, sampling,
                       {.name = images.test_name + " log-likelihood",
                        .published = "-86.34 nats (CD-25; Salakhutdinov & Murray 2008)",
                        .aim = "> -86.34"});
    result.title = "RBM 784-500 on MNIST, drawn pixels";
    result.protocol = "training pixels drawn at each presentation, test pixels " + pixels +
                      "; 100 persistent chains, one, two and five sweeps an update, a third of the epochs each, "
                      "centred gradient; log Z by 100 annealed runs over 14,500 temperatures; settings chosen on "
                      "held-out training images, the test images used once";
    return result;
}
