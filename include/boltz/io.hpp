// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files: models and checkpoints as `.npz`, MNIST-style IDX data, mapped files of any size. Needs the component
/// boltz::io.
///
/// `io/any_machine_file.hpp` is not in it, since it instantiates the reading of machines for all number types.

#include <boltz/callback/best_checkpoint.hpp>
#include <boltz/callback/checkpoint.hpp>
#include <boltz/io/checkpoint_file.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/gzip.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/mapped_file.hpp>
#include <boltz/io/mapped_source.hpp>
#include <boltz/io/mlp_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/io/stack_file.hpp>
