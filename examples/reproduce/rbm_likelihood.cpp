// SPDX-License-Identifier: MIT

/// @file
/// The likelihood of RBMs that were trained by centred persistent chains.

#include "machines.hpp"
#include "rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace boltz;

namespace {

/// Trains an RBM 784-500 and estimates log Z from both sides; `published` and `aim` are of the log-likelihood.
Result likelihood_row(Setting const& setting, Binarised<ByteSource> const& training,
                      Binarised<ByteSource> const& held_out, std::size_t epochs, PersistentCD const& sampling,
                      Figure likelihood) {
    Random random{setting.seed};
    auto const rbm = centred_rbm(setting, 500, epochs, training, sampling, random);
    Ais const ais{.chains = 100, .ladder = Ladder::salakhutdinov_murray(), .compute = setting.compute()};
    auto const bases = usual_bases(rbm, training, random, setting.compute());
    auto const found = evaluate_likelihood(rbm, held_out, ExactPosterior{}, bases,
                                           {.log_z = {.ais = ais}, .compute = setting.compute()}, random);
    likelihood.unit = "nats";
    likelihood.values = {found.likelihood.mean};
    likelihood.standard_error = found.likelihood.standard_error;
    likelihood.note = verdict(found);
    Result result;
    result.figures = {std::move(likelihood)};
    add_log_z(result, found.log_z);
    return result;
}

/// Puts pixels that others have drawn in the place of grey ones, and turns images that stand column by column, as
/// programs in column-major languages leave them; tells whether they do, which the mean image decides.
bool put_pixels(std::vector<std::uint8_t> const& drawn, std::string const& name, LabelledImages& images) {
    if (drawn.size() != images.images.size())
        boltz::fail<ShapeError>("rbm-binarised: ", name, " has ", drawn.size(), " pixels, but the test images have ",
                                images.images.size());
    std::size_t const pixels = images.pixels();
    auto const turn = [&](std::size_t pixel) { return pixel % images.width * images.height + pixel / images.width; };
    double const scale = images.byte_scale().factor();
    std::vector<double> grey(pixels), as_they_are(pixels);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        grey[i % pixels] += scale * images.images[i];
        as_they_are[i % pixels] += drawn[i] > 0;
    }
    double kept_distance = 0, turned_distance = 0;
    for (std::size_t j = 0; j < pixels; ++j) {
        kept_distance += std::abs(grey[j] - as_they_are[j]);
        turned_distance += std::abs(grey[j] - as_they_are[turn(j)]);
    }
    bool const turned = turned_distance < kept_distance;
    for (std::size_t i = 0; i < images.count; ++i)
        for (std::size_t j = 0; j < pixels; ++j)
            images.images[i * pixels + j] = drawn[i * pixels + (turned ? turn(j) : j)] > 0 ? 1 : 0;
    images.scale = 1;
    return turned;
}

} // namespace

Result reproduce_rbm_likelihood(Setting const& setting, Images const& images) {
    Result result = likelihood_row(
        setting, Binarised{ByteSource{images.train}, Binarisation::threshold, setting.seed},
        Binarised{ByteSource{images.test}, Binarisation::threshold, setting.seed}, setting.epochs(200),
        PersistentCD{.chains = 100},
        {.name = images.test_name + " log-likelihood", .published = "-84.86 nats (PyDeep)", .aim = ">= -84.86"});
    result.title = "RBM 784-500 on MNIST, pixels at a threshold";
    result.protocol = "pixels 1 from 1/2 on, in training and test; 100 persistent chains, one sweep an update, "
                      "centred gradient; log Z by 100 annealed runs over 14,500 temperatures; settings not tuned "
                      "on the test images";
    return result;
}

Result reproduce_rbm_binarised(Setting const& setting, Images const& images) {
    Binarised const training{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    std::string pixels = "drawn once, with seed 0";
    LabelledImages test = images.test;
    if (!setting.binarised_test.empty() && images.test_name == "test") {
        IdxBytes const published = read_idx(setting.binarised_test);
        bool const turned = put_pixels(published.bytes, setting.binarised_test, test);
        pixels = std::string{"those of "} + std::filesystem::path{setting.binarised_test}.filename().string() +
                 (turned ? ", which stand column by column and are turned" : "");
    }
    // More sweeps an update as the modes of the machine grow apart.
    std::size_t const epochs = setting.epochs(150);
    PersistentCD const sampling{.chains = 100,
                                .sweeps = Schedule::per_epoch({1, 2, 5}, std::max<std::size_t>(epochs / 3, 1))};
    Result result =
        likelihood_row(setting, training, Binarised{ByteSource{test}, Binarisation::fixed, 0}, epochs, sampling,
                       {.name = images.test_name + " log-likelihood",
                        .published = "-86.34 nats (CD-25; Salakhutdinov & Murray 2008)",
                        .aim = "> -86.34"});
    result.title = "RBM 784-500 on MNIST, drawn pixels";
    result.protocol = "training pixels drawn at each presentation, test pixels " + pixels +
                      "; 100 persistent chains, one, two and five sweeps an update, a third of the epochs each, "
                      "centred gradient; log Z by 100 annealed runs over 14,500 temperatures; settings not tuned on "
                      "the test images";
    return result;
}
