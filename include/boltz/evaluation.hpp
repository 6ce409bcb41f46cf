// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Measures: exact sums, annealing, likelihoods, features, quality of samples.

#include <boltz/evaluation/annealing/adaptive_ladder.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/annealing_model.hpp>
#include <boltz/evaluation/annealing/base_at_data.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/both_directions.hpp>
#include <boltz/evaluation/annealing/evaluate_log_z.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/evaluation/annealing/reverse_ais.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>
#include <boltz/evaluation/features/activation.hpp>
#include <boltz/evaluation/features/classification.hpp>
#include <boltz/evaluation/features/compact_features.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/evaluation/features/inferred_features.hpp>
#include <boltz/evaluation/features/nearest_neighbour_classifier.hpp>
#include <boltz/evaluation/features/reconstruction.hpp>
#include <boltz/evaluation/features/top_down_inputs.hpp>
#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>
#include <boltz/evaluation/likelihood/elbo.hpp>
#include <boltz/evaluation/likelihood/evaluate_likelihood.hpp>
#include <boltz/evaluation/likelihood/label_posterior.hpp>
#include <boltz/evaluation/likelihood/likelihood.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/evaluation/likelihood/mean_elbo.hpp>
#include <boltz/evaluation/likelihood/pseudo_likelihood.hpp>
#include <boltz/evaluation/samples/adversarial_accuracy.hpp>
#include <boltz/evaluation/samples/chain_diagnostics.hpp>
#include <boltz/evaluation/samples/class_histogram.hpp>
#include <boltz/evaluation/samples/moments.hpp>
#include <boltz/evaluation/samples/nearest_neighbours.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>
