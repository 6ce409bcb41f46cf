// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a model by parallel tempering.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {

/// How many chains and temperatures, and how long the chains are.
struct TemperingOptions {
    std::size_t chains = 100;      ///< independent ensembles of chains, each of which gives one sample a read
    std::size_t temperatures = 20; ///< from beta = 1 down to `lowest`
    double lowest = 0;             ///< the lowest inverse temperature; 0 is the base
    std::size_t adaptation = 500;  ///< sweeps in which the ladder adapts; none of them is read
    std::size_t sweeps = 500;      ///< sweeps on the frozen ladder before chains are read for the first time
    std::size_t reads = 1;         ///< samples taken from each chain at beta = 1
    std::size_t thinning = 1;      ///< sweeps between two reads
    Compute compute{};             ///< workers
};

/// What became of the temperatures.
struct TemperingReport {
    std::vector<double> betas;      ///< the ladder, from 1 down
    std::vector<double> acceptance; ///< mean probability of a swap of neighbours on the frozen ladder, one fewer
    std::size_t ensembles = 0;      ///< how many there were
    std::size_t round_trips = 0;    ///< how many times a state went from the lowest temperature to beta = 1, over all
                                    ///< ensembles, on the frozen ladder

    /// What speaks against the samples in plain words; empty if nothing does.
    ///
    /// Acceptances may be high while no state makes the way. That states make it says nothing of modes that chains
    /// from this base do not reach: the estimates of `log_partition` from several bases do.
    [[nodiscard]] std::string warning() const;
};

/// Samples from a model at beta = 1 by parallel tempering between `base` and the model; `read(r, states)` is called
/// each time the chains at beta = 1 are read, with the states of all layers, rows = ensembles.
///
/// The ladder starts in equal steps and adapts with the decreasing rate 1 / (1 + t)^0.6 for `adaptation` sweeps, then
/// it is frozen: from there on the kernel leaves the model's distribution exactly as it is. Acceptances near 0 mean
/// that more temperatures are needed. Costs `temperatures` times as much as as many sweeps of Gibbs sampling.
/// Allocates before the first step only.
/// @throws ValueError if chains, reads or thinning is 0, there are fewer than 2 temperatures, `lowest` does not lie
/// in [0, 1), the chains are more than memory can hold, the layers have more than two colours, or the energy is not
/// bounded below; ShapeError if the base has other layers.
template <std::floating_point T>
TemperingReport sample_tempered(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,
                                TemperingOptions const& options, Random& random,
                                std::type_identity_t<detail::FunctionRef<void(std::size_t, States<T> const&)>> read);

/// Samples, and what became of the temperatures.
template <std::floating_point T>
struct TemperedSamples {
    States<T> states;       ///< chains * reads rows: read r of ensemble i stands in row r * chains + i
    TemperingReport report; ///< the ladder
};

/// The same, keeping what is read.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] TemperedSamples<T> sample_tempered(AnyField<T> const& field,
                                                 std::type_identity_t<BaseBiases<T>> const& base,
                                                 TemperingOptions const& options, Random& random);

/// The same from the base without biases (`uniform_base`): at beta all biases and weights are multiplied by beta.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] TemperedSamples<T> sample_tempered(AnyField<T> const& field, TemperingOptions const& options,
                                                 Random& random) {
    return sample_tempered(field, uniform_base(field), options, random);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/sample_tempered.hpp>
#endif
