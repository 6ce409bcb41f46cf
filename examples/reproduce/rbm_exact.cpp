// SPDX-License-Identifier: MIT

/// @file
/// An RBM that is small enough to be counted off, with weights that are large: estimates of log Z beside the truth.

#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

namespace {

Figure log_z(std::string name, double value, std::optional<double> error, std::string note) {
    return {.name = std::move(name),
            .published = {},
            .aim = {},
            .unit = "nats",
            .values = {value},
            .standard_error = error,
            .note = std::move(note)};
}

} // namespace

Result reproduce_rbm_exact(Setting const& setting, Images const& images) {
    Random random{setting.seed};
    Binarised const training{ByteSource{images.train}, Binarisation::stochastic, setting.seed};
    auto const rbm = centred_rbm(setting, 20, setting.epochs(200), training, PersistentCD{.chains = 100}, random);

    ExactOptions const exact{.compute = setting.compute()};
    double const truth = exact_log_partition(rbm, exact);
    Ais const ais{.chains = 500, .ladder = Ladder::salakhutdinov_murray(), .compute = setting.compute()};
    auto const base = base_at_data(rbm, training, random, setting.compute());
    LogPartition const below = log_partition(rbm, base, ais, random);
    auto long_chains =
        sample_from_data(rbm, training, {.chains = ais.chains, .sweeps = 1000, .compute = setting.compute()}, random);
    LogPartition const from_chains =
        reverse_log_partition(rbm, long_chains.blocks(), ChainStart::long_chains, base, ais, random);
    auto samples = exact_samples(rbm, ais.chains, random, exact);
    LogPartition const above =
        reverse_log_partition(rbm, samples.blocks(), ChainStart::exact_samples, base, ais, random);
    Binarised const held_out{ByteSource{images.test}, Binarisation::fixed, 0};
    LogLikelihood const likelihood = log_likelihood(rbm, held_out, truth, setting.compute());

    double largest = 0;
    for (float const w : rbm.weights(0)) largest = std::max(largest, static_cast<double>(std::abs(w)));
    std::ostringstream weights;
    weights << "the largest weight is " << largest;

    Result result;
    result.title = "RBM 784-20 on MNIST, log Z three ways";
    result.figures = {
        log_z("log Z, all states counted off", truth, {}, weights.str()),
        log_z("log Z from below", below.log_z, below.standard_error, below.warning()),
        log_z("log Z from above, chains down from exact samples", above.log_z, above.standard_error, ""),
        log_z("log Z from above, chains down from long chains", from_chains.log_z, from_chains.standard_error, ""),
        log_z(images.test_name + " log-likelihood", likelihood.mean, likelihood.standard_error, "")};
    result.protocol = "pixels drawn at each presentation, test images once, with seed 0; 100 persistent chains, "
                      "centred gradient; 500 annealed runs over 14,500 temperatures in each direction";
    return result;
}
