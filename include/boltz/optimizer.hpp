// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Optimizers and what can be put around them.

#include <boltz/optimizer/adam.hpp>
#include <boltz/optimizer/averaged.hpp>
#include <boltz/optimizer/centred.hpp>
#include <boltz/optimizer/clipped.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/optimizer/line_search.hpp>
#include <boltz/optimizer/max_norm.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/optimizer/parameter_space.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/optimizer/sparse.hpp>
