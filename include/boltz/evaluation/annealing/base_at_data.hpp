// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A base for annealing that fits what a model has learned.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/sample_from_data.hpp>

#include <concepts>

namespace boltz {

/// The base-rate model from which annealing finds what was learned: of an RBM that of the data, of a deeper machine
/// that of 500 samples whose chains began at the data, 100 sweeps ago (`sample_from_data`).
///
/// The hidden units of a deep machine are then on as often as they are where the data lie. From a base without hidden
/// biases, or from samples of chains that began elsewhere, annealing may stay in modes that hold little of Z, chains
/// back from there with it, and both sides agree on a number that is tens of nats too low.
/// @throws as `base_rates` and `sample_from_data`.
template <std::floating_point T, concepts::DataSource Data>
[[nodiscard]] BaseBiases<T> base_at_data(AnyField<T> const& field, Data const& data, Random& random,
                                         Compute const& compute = {}) {
    if (field.layers() == 2) return base_rates(field, data, random);
    auto const samples = sample_from_data(field, data, {.chains = 500, .sweeps = 100, .compute = compute}, random);
    auto base = base_rates(field, samples);
    base.name = "base rates of samples from data";
    return base;
}

} // namespace boltz
