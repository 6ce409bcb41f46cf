// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Everything for restricted Boltzmann machines: units, layers, the model, training and evaluation. Needs BLAS only.

#include <boltz/callback/activity_monitor.hpp>
#include <boltz/callback/early_stop.hpp>
#include <boltz/callback/gap_monitor.hpp>
#include <boltz/callback/metric_log.hpp>
#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/progress.hpp>
#include <boltz/callback/reconstruction_monitor.hpp>
#include <boltz/callback/stop_on_nan.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/callback/weight_monitor.hpp>
#include <boltz/data/beside.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/byte_source.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/subset.hpp>
#include <boltz/evaluation/activation.hpp>
#include <boltz/evaluation/elbo.hpp>
#include <boltz/evaluation/exact.hpp>
#include <boltz/evaluation/features.hpp>
#include <boltz/evaluation/mean_elbo.hpp>
#include <boltz/evaluation/reconstruction.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/model/softmax_regression.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/conditional_likelihood.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/version.hpp>
