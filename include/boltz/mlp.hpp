// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Everything for networks: classifiers, autoencoders, unrolled machines and stacks of RBMs, backpropagation.

#include <boltz/callback/classifier_monitor.hpp>
#include <boltz/callback/reduce_rate_on_plateau.hpp>
#include <boltz/evaluation/features/top_down_inputs.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/unroll.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/pretraining/greedy_pretraining.hpp>
#include <boltz/rbm.hpp>
#include <boltz/training/backpropagation.hpp>
#include <boltz/unit/rectified.hpp>
