// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a model by parallel tempering.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/tempered_chains.hpp>
#include <boltz/states.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
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
    [[nodiscard]] std::string warning() const {
        if (round_trips >= ensembles) return {};
        return "states went from the lowest temperature to beta = 1 only " + std::to_string(round_trips) +
               " times in " + std::to_string(ensembles) +
               " ensembles, less than once each; take more sweeps, or other temperatures";
    }
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
                                std::type_identity_t<detail::FunctionRef<void(std::size_t, States<T> const&)>> read) {
    for (auto const& [name, value] : {std::pair{"chains", options.chains}, std::pair{"reads", options.reads},
                                      std::pair{"thinning", options.thinning}})
        if (value == 0) detail::fail<ValueError>("sample_tempered: ", name, " is 0, but must be at least 1");
    if (base.biases.size() != field.layers())
        detail::fail<ShapeError>("sample_tempered: base has ", base.biases.size(), " layers, but the model has ",
                                 field.layers());
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (base.biases[l].size() != field.sizes()[l])
            detail::fail<ShapeError>("sample_tempered: base has ", base.biases[l].size(), " units in layer ", l,
                                     ", but the model has ", field.sizes()[l]);
    if (field.machine() != nullptr) detail::PackedParameters<T>::check(options.compute.precision);
    check_bounded_energy(field, "sample_tempered");
    static_cast<void>(detail::rows_of_states("sample_tempered", {options.chains, "chains"},
                                             {options.temperatures, "temperatures"}, field.sizes()));
    TemperedChains<T> chains{
        options.chains, field.graph(),
        TemperatureLadder{options.temperatures, options.lowest, std::numeric_limits<std::size_t>::max()}};
    Draws const draws = random.split();
    draw_from_biases(field, chains.states(), draws);
    auto const own = own_base(field);
    detail::PreparedForCall<T> const prepared{field, options.compute};
    Executor executor{options.compute};
    std::size_t steps = 0;
    auto const step = [&] { chains.step(*prepared, own, base, draws.stream(field.layers() + steps++), executor); };
    for (std::size_t t = 0; t < options.adaptation; ++t) {
        step();
        chains.ladder().adapt(std::pow(1 + static_cast<double>(t), -0.6));
    }
    chains.ladder().forget();
    chains.forget_trips();
    States<T> target{options.chains, field.sizes()};
    for (std::size_t r = 0; r < options.reads; ++r) {
        for (std::size_t t = 0; t < (r == 0 ? options.sweeps : options.thinning); ++t) step();
        for (std::size_t l = 0; l < field.layers(); ++l) copy(chains.target_states()[l], target[l]);
        read(r, std::as_const(target));
    }
    auto const betas = chains.ladder().betas();
    auto const acceptance = chains.ladder().acceptance();
    return {
        {betas.begin(), betas.end()}, {acceptance.begin(), acceptance.end()}, options.chains, chains.round_trips()};
}

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
                                                 TemperingOptions const& options, Random& random) {
    std::size_t const rows = detail::rows_of_states("sample_tempered", {options.chains, "chains"},
                                                    {options.reads, "reads"}, field.sizes());
    TemperedSamples<T> result{{rows, field.sizes()}, {}};
    result.report = sample_tempered(field, base, options, random, [&](std::size_t r, States<T> const& states) {
        auto const kept = result.states.blocks().row_range(r * options.chains, options.chains);
        for (std::size_t l = 0; l < field.layers(); ++l) copy(states[l], kept[l]);
    });
    return result;
}

/// The same from the base without biases (`uniform_base`): at beta all biases and weights are multiplied by beta.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] TemperedSamples<T> sample_tempered(AnyField<T> const& field, TemperingOptions const& options,
                                                 Random& random) {
    return sample_tempered(field, uniform_base(field), options, random);
}

} // namespace boltz
