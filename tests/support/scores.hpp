// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Estimates against the truth, in standard errors.

#include "support/small_models.hpp"
#include "support/statistics.hpp"

#include <boltz/layer_set.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/states.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test {

/// How many standard errors the mean of some numbers lies above `expected`; 0 where all are `expected` to rounding.
inline double score(std::vector<double> const& values, double expected) {
    Estimate const found = estimate(values);
    return (found.mean - expected) / (found.error + 1e-12);
}

/// exp(sign (w - shift)) of each.
inline std::vector<double> exponentials(std::vector<double> values, double shift, double sign = 1) {
    for (double& w : values) w = std::exp(sign * (w - shift));
    return values;
}

/// Exact samples of a model with countable states, drawn from the table of all its states.
template <std::floating_point T>
boltz::States<T> table_samples(boltz::BoltzmannMachine<T> const& model, std::size_t count, std::uint64_t seed) {
    auto const all = all_states<T>(model);
    boltz::States<T> samples{count, model.sizes()};
    copy_rows(all.blocks(), drawn_rows(normalised(naive_negative_energy(model, all)), count, seed),
              boltz::LayerSet::all(), samples.blocks());
    return samples;
}

} // namespace test
