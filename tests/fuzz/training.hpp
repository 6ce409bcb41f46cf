// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The training that checkpoints of seeds and target are of.

#include <boltz/io/checkpoint_file.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/bernoulli.hpp>

namespace boltz_fuzz {

/// Two epochs of an RBM with momentum and persistent chains.
struct SmallTraining {
    using Layer = boltz::StochasticLayer<boltz::Bernoulli>;

    boltz::RBM<Layer, Layer> rbm{Layer{3}, Layer{2}};
    decltype(boltz::Trainer{boltz::PersistentCD{}, boltz::Sgd{}}.bind(rbm)) session = boltz::Trainer{
        boltz::PersistentCD{.chains = 2},
        boltz::Sgd{.learning_rate = 0.1, .momentum = 0.5}}.bind(rbm);

    boltz::FitReport fit(std::size_t epochs = 2) {
        boltz::Matrix<float> const data{{0, 1, 1}, {1, 0, 0}, {1, 1, 0}};
        boltz::Random random{1};
        return session.fit(data, {.epochs = epochs, .batch_size = 2}, random);
    }
};

} // namespace boltz_fuzz
