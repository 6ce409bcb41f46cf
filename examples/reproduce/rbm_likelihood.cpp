// SPDX-License-Identifier: MIT

/// @file
/// The likelihood of an RBM that was trained by centred persistent chains.

#include "machines.hpp"
#include "rows.hpp"

using namespace boltz;

Result reproduce_rbm_likelihood(Setting const& setting, Images const& images) {
    Random random{setting.seed};
    Binarised const training{ByteSource{images.train}, Binarisation::threshold, setting.seed};
    Binarised const held_out{ByteSource{images.test}, Binarisation::threshold, setting.seed};
    auto const rbm = centred_rbm(setting, 500, setting.epochs(200), training, random);

    Ais const ais{.runs = 100, .ladder = Ladder::salakhutdinov_murray(), .compute = setting.compute()};
    auto const base = base_rates(rbm, training, random);
    LogPartition const log_z = log_partition(rbm, ais, random, base);
    auto ends = sample_from_data(rbm, training, {.count = 100, .sweeps = 1000, .compute = setting.compute()}, random);
    LogPartition const above = reverse_log_partition(rbm, ends.blocks(), ChainStart::long_chains, ais, random, base);
    LogLikelihood const likelihood = log_likelihood(rbm, held_out, log_z, setting.compute());
    Result result;
    result.title = "RBM 784-500 on MNIST, pixels at a threshold";
    result.figures = {{.name = images.test_name + " log-likelihood",
                       .published = "-84.86 nats (PyDeep)",
                       .aim = ">= -84.86",
                       .unit = "nats",
                       .values = {likelihood.mean},
                       .standard_error = likelihood.standard_error,
                       .note = log_z.warning()}};
    add_log_z(result, log_z, above);
    result.protocol =
        "pixels 1 from 1/2 on, in training and test; 100 persistent chains, one sweep an update, centred "
        "gradient; log Z by 100 annealed runs over 14,500 temperatures; settings not tuned on the test images";
    return result;
}
