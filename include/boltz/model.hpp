// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines of any graph of layers, RBM and DBM, networks; energies, parameters and what follows from them.

#include <boltz/model/any_model.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/faults.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/model/unroll.hpp>
