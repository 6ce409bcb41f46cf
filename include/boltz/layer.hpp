// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layers of units.

#include <boltz/layer/any_layer.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
