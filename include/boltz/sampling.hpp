// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samplers and negative phases: Gibbs sampling, contrastive divergence, persistent chains, parallel tempering.

#include <boltz/sampling/chain_agreement.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/dispersed_starts.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/given.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/sampling/parallel_tempering.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/persistent_chains.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_from_data.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/sampling/sample_tempered.hpp>
#include <boltz/sampling/temperature_ladder.hpp>
#include <boltz/sampling/tempered_chains.hpp>
