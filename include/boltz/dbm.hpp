// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Everything for deep Boltzmann machines: what restricted ones need, mean-field inference and pretraining. Needs
/// BLAS only.

#include <boltz/inference/mean_field.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/pretraining/compose.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/pretraining/greedy_pretraining.hpp>
#include <boltz/rbm.hpp>
