// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files: models and checkpoints as `.npz`, MNIST-style IDX data, mapped files of any size. Needs the component
/// boltz::io.

#include <boltz/callback/best_checkpoint.hpp>
#include <boltz/callback/checkpoint.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/mapped_source.hpp>
#include <boltz/io/mlp_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/io/stack_file.hpp>
