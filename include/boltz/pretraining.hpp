// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layer by layer pretraining.

#include <boltz/pretraining/chain_rbms.hpp>
#include <boltz/pretraining/compose.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/greedy_pretraining.hpp>
#include <boltz/pretraining/greedy_training.hpp>
#include <boltz/pretraining/pretraining_session.hpp>
