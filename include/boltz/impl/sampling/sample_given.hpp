// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/sample_given.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/chain_agreement.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/dispersed_starts.hpp>
#include <boltz/sampling/given.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace boltz {

namespace detail {

template <std::floating_point T>
void check_given(AnyField<T> const& field, Given<T> const& given, Draws const& draws, std::string const& function) {
    if (given.sizes() != field.sizes())
        fail<ShapeError>(function, ": given was made for a model of other sizes; layer 0 has ", given.sizes()[0],
                         " units there and ", field.sizes()[0], " here");
    check_bounded_energy(field, function);
    States<T> const states = begin_given(field, given, 1, draws);
    for (std::size_t l = 0; l < field.layers(); ++l)
        field.unit(l).validate(states[l], function + ": layer " + std::to_string(l) + " of given");
}

template <std::floating_point T>
ChainsGiven<T> run_given(AnyField<T> const& field, Given<T> const& given, std::size_t chains, std::size_t sweeps,
                         std::size_t reads, Compute const& compute, Draws const& draws, std::string const& function) {
    std::size_t const layers = field.layers();
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    if (reads > most - layers - 1 || sweeps > most - layers - 1 - reads)
        fail<ValueError>(function, ": there are ", sweeps, " sweeps and ", reads, " reads, which is too many");
    auto const all = given.repeated(chains);
    auto const& sizes = field.sizes();
    ChainsGiven<T> result{begin_given(field, all, chains, draws), {reads > 0 ? all.cases() : 0, sizes}};
    auto const clamps = all.clamps();
    Executor executor{compute};
    PreparedForCall<T> const prepared{field, compute};
    executor.for_each_block(all.cases(), [&](std::size_t first, std::size_t count) {
        auto const states = result.states.blocks().row_range(first, count);
        States<T> scratch{count, sizes};
        States<T> means{reads > 0 ? count : 0, sizes};
        ReadSums<T> sums{reads > 0 ? count : 0, sizes, reads};
        for (std::size_t k = 0; k < sweeps + reads; ++k) {
            Draws const sweep = draws.stream(layers + 1 + k).from_row(first);
            for (std::size_t colour = field.graph().colours(); colour-- > 0;) {
                if (k < sweeps)
                    clamped_update(*prepared, states, clamps, first, scratch, colour, sweep);
                else
                    clamped_update_with_means(*prepared, states, means, clamps, first, scratch, colour, sweep);
            }
            if (k >= sweeps) sums.add(means, result.moments, first);
        }
    });
    return result;
}

} // namespace detail

template <std::floating_point T>
SamplesGiven<T> sample_given(AnyField<T> const& field, Given<T> const& given, SampleGivenOptions const& options,
                             Random& random) {
    if (options.chains == 0) detail::fail<ValueError>("sample_given: chains is 0, but must be at least 1");
    detail::check_products(field, options.compute);
    Random advanced = random;
    Draws const draws = advanced.split();
    detail::check_given(field, given, draws, "sample_given");
    // One chain has none to agree with, so nothing is read of it.
    std::size_t const reads = options.chains > 1 ? options.sweeps / 2 : 0;
    auto run = detail::run_given(field, given, options.chains, options.sweeps - reads, reads, options.compute, draws,
                                 "sample_given");
    random = advanced;
    return {std::move(run.states), detail::agreement_of(run.moments, given.cases(), options.chains, reads,
                                                        detail::deviations_at_zero(field))};
}

template <std::floating_point T>
MeansGiven<T> mean_given(AnyField<T> const& field, Given<T> const& given, MeanGivenOptions const& options,
                         Random& random) {
    if (options.chains == 0) detail::fail<ValueError>("mean_given: chains is 0, but must be at least 1");
    if (options.reads == 0) detail::fail<ValueError>("mean_given: reads is 0, but must be at least 1");
    detail::check_products(field, options.compute);
    Random advanced = random;
    Draws const draws = advanced.split();
    detail::check_given(field, given, draws, "mean_given");
    auto const run = detail::run_given(field, given, options.chains, options.sweeps, options.reads, options.compute,
                                       draws, "mean_given");
    random = advanced;
    std::size_t const cases = given.cases();
    MeansGiven<T> result{
        {cases, field.sizes()},
        {cases, field.sizes()},
        detail::agreement_of(run.moments, cases, options.chains, options.reads, detail::deviations_at_zero(field))};
    auto const chains = static_cast<double>(options.chains);
    double const early = static_cast<double>(options.reads / 2) / static_cast<double>(options.reads);
    auto const& halves = run.moments.means;
    for (std::size_t l = 0; l < field.layers(); ++l)
        for (std::size_t i = 0; i < cases; ++i)
            for (std::size_t j = 0; j < result.mean[l].columns; ++j) {
                auto const of_chain = [&](std::size_t c) {
                    std::size_t const row = i * options.chains + c;
                    return early * static_cast<double>(halves[0][l](row, j)) +
                           (1 - early) * static_cast<double>(halves[1][l](row, j));
                };
                double sum = 0, squares = 0;
                for (std::size_t c = 0; c < options.chains; ++c) sum += of_chain(c) / chains;
                for (std::size_t c = 0; c < options.chains; ++c) squares += std::pow(of_chain(c) - sum, 2);
                result.mean[l](i, j) = static_cast<T>(sum);
                result.standard_error[l](i, j) = options.chains > 1
                                                     ? static_cast<T>(std::sqrt(squares / (chains - 1) / chains))
                                                     : std::numeric_limits<T>::quiet_NaN();
            }
    given.write(result.mean);
    return result;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void check_given<T>(AnyField<T> const& field, Given<T> const& given, Draws const& draws,                \
                                 std::string const& function);                                                       \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template ChainsGiven<T> run_given<T>(AnyField<T> const& field, Given<T> const& given, std::size_t chains,        \
                                         std::size_t sweeps, std::size_t reads, Compute const& compute,              \
                                         Draws const& draws, std::string const& function);                           \
    }                                                                                                                \
    template SamplesGiven<T> sample_given<T>(AnyField<T> const& field, Given<T> const& given,                        \
                                             SampleGivenOptions const& options, Random& random);                     \
    template MeansGiven<T> mean_given<T>(AnyField<T> const& field, Given<T> const& given,                            \
                                         MeanGivenOptions const& options, Random& random);
#include <boltz/detail/instantiate.hpp>
