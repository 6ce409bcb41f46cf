// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Training of machines and networks.

#include <boltz/training/backpropagation.hpp>
#include <boltz/training/backpropagation_session.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/training/training_session.hpp>
