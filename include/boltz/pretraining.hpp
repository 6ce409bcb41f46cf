// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Layer by layer pretraining.

#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/pretraining_session.hpp>
#include <boltz/pretraining/stack.hpp>
