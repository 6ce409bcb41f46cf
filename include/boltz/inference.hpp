// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inference: mean-field and the exact posterior of two layers.

#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/inference/mean_field.hpp>
