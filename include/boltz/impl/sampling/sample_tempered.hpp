// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/sample_tempered.hpp>

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
#include <boltz/version.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace boltz {

BOLTZ_INLINE std::string TemperingReport::warning() const {
    if (round_trips >= ensembles) return {};
    return "states went from the lowest temperature to beta = 1 only " + std::to_string(round_trips) + " times in " +
           std::to_string(ensembles) + " ensembles, less than once each; take more sweeps, or other temperatures";
}

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

template <std::floating_point T>
TemperedSamples<T> sample_tempered(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,
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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template TemperingReport sample_tempered<T>(                                                                     \
        AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base, TemperingOptions const& options,  \
        Random& random, std::type_identity_t<detail::FunctionRef<void(std::size_t, States<T> const&)>> read);        \
    template TemperedSamples<T> sample_tempered<T>(AnyField<T> const& field,                                         \
                                                   std::type_identity_t<BaseBiases<T>> const& base,                  \
                                                   TemperingOptions const& options, Random& random);
#include <boltz/detail/instantiate.hpp>
