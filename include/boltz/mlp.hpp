// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Everything for networks: unrolled machines, backpropagation, classifiers.

#include <boltz/callback/classifier_monitor.hpp>
#include <boltz/callback/plateau.hpp>
#include <boltz/evaluation/top_down_inputs.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/unroll.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/rbm.hpp>
#include <boltz/training/backpropagation.hpp>
