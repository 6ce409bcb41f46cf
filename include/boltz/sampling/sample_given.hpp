// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples and means of unknown units given known ones: completion, missing values, labels from images and back.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/given.hpp>

#include <cstddef>
#include <string>

namespace boltz {

/// How many samples a case, and how long their chains.
struct SampleGivenOptions {
    std::size_t copies = 1;   ///< independent chains a case, one sample each
    std::size_t sweeps = 500; ///< full Gibbs sweeps before a chain is read
    Compute compute{};        ///< workers
};

/// How many chains and reads a mean is made of.
struct MeanGivenOptions {
    std::size_t chains = 10;  ///< independent chains a case
    std::size_t sweeps = 100; ///< full Gibbs sweeps before a chain is read for the first time
    std::size_t reads = 100;  ///< sweeps whose conditional means are averaged, the next ones
    Compute compute{};        ///< workers
};

namespace detail {

/// The known units at their values, the others drawn from their biases given the known ones of their own layer.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth>
begin_given(F const& field, Given<typename F::value_type, F::depth> const& given, Draws const& draws) {
    using T = typename F::value_type;
    States<T, F::depth> states{given.cases(), field.sizes()};
    States<T, F::depth> scratch{given.cases(), field.sizes()};
    auto const clamps = given.clamps();
    given.write(states.blocks());
    for_each_index<F::depth>([&](auto l) {
        if (clamps.whole[l]) return;
        auto const& unit = field.template layer<l>().unit();
        field.template input<l>(states.blocks(), scratch[l], {.below = 0, .above = 0});
        Block<T> const free = states[l];
        if (clamps.masks[l].columns > 0) {
            sample_given(unit, scratch[l], clamps.masks[l], free, draws.stream(l));
        } else {
            copy(scratch[l], free);
            unit.sample(free, draws.stream(l));
        }
    });
    return states;
}

/// Refuses values that the units cannot have. A group of units may be impossible as a whole, so the others are drawn
/// first.
template <concepts::Field F>
void check_given(F const& field, Given<typename F::value_type, F::depth> const& given, Draws const& draws,
                 std::string const& function) {
    using T = typename F::value_type;
    if (given.sizes() != field.sizes())
        fail<ShapeError>(function, ": given was made for a model of other sizes; layer 0 has ", given.sizes()[0],
                         " units there and ", field.sizes()[0], " here");
    auto const states = begin_given(field, given, draws);
    for_each_index<F::depth>([&](auto l) {
        validate(field.template layer<l>().unit(), Block<T const>{states[l]},
                 function + ": layer " + std::to_string(std::size_t{l}) + " of given");
    });
    if constexpr (concepts::Model<F>) check_bounded_energy(field, function.c_str());
}

} // namespace detail

/// Samples of all units given what is known of some cases: the known units keep their values, the others are drawn by
/// Gibbs sampling (`clamped_half_sweep`) that begins at draws from the biases.
///
/// Returns the states of all layers, cases * copies rows: copy c of case i stands in row i * copies + c. A chain
/// whose modes are far apart may need more sweeps than the default to move between them; more copies show all modes,
/// but in proportions that depend on where chains begin.
/// @throws ShapeError if `given` is not of this model; ValueError if copies is 0, a known value is impossible, or the
/// energy is not bounded below.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth>
sample_given(F const& field, Given<typename F::value_type, F::depth> const& given, SampleGivenOptions const& options,
             Random& random) {
    if (options.copies == 0) detail::fail<ValueError>("sample_given: copies is 0, but must be at least 1");
    detail::check_precision<F>(options.compute);
    Random advanced = random;
    Draws const draws = advanced.split();
    detail::check_given(field, given, draws, "sample_given");
    random = advanced;
    auto const all = given.repeated(options.copies);
    auto states = detail::begin_given(field, all, draws);
    auto scratch = states;
    auto const clamps = all.clamps();
    Executor executor{options.compute};
    auto const& prepared = detail::prepared(field, options.compute);
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        auto const block = row_range(states.blocks(), first, count);
        auto const scratch_here = row_range(scratch.blocks(), first, count);
        auto const clamps_here = clamps.row_range(first, count);
        for (std::size_t k = 0; k < options.sweeps; ++k) {
            Draws const sweep = draws.stream(F::depth + k).from_row(first);
            clamped_half_sweep(prepared, block, clamps_here, scratch_here, Parity::odd, sweep);
            clamped_half_sweep(prepared, block, clamps_here, scratch_here, Parity::even, sweep);
        }
    });
    return states;
}

/// The means of all units given what is known of some cases, rows = cases; known units stand there with their values.
///
/// An average over chains and sweeps of the conditional means of each half-sweep, which has less noise than an
/// average of states. Unknown labels come out as p(label | known), missing pixels as the probability of ink.
/// @throws as `sample_given`; ValueError if chains or reads is 0.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth>
mean_given(F const& field, Given<typename F::value_type, F::depth> const& given, MeanGivenOptions const& options,
           Random& random) {
    using T = typename F::value_type;
    if (options.chains == 0) detail::fail<ValueError>("mean_given: chains is 0, but must be at least 1");
    if (options.reads == 0) detail::fail<ValueError>("mean_given: reads is 0, but must be at least 1");
    detail::check_precision<F>(options.compute);
    Random advanced = random;
    Draws const draws = advanced.split();
    detail::check_given(field, given, draws, "mean_given");
    random = advanced;
    auto const all = given.repeated(options.chains);
    auto states = detail::begin_given(field, all, draws);
    auto means = states;
    auto scratch = states;
    States<T, F::depth> sums{all.cases(), field.sizes()};
    auto const clamps = all.clamps();
    Executor executor{options.compute};
    auto const& prepared = detail::prepared(field, options.compute);
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        auto const block = row_range(states.blocks(), first, count);
        auto const means_here = row_range(means.blocks(), first, count);
        auto const scratch_here = row_range(scratch.blocks(), first, count);
        auto const sums_here = row_range(sums.blocks(), first, count);
        auto const clamps_here = clamps.row_range(first, count);
        for (std::size_t k = 0; k < options.sweeps + options.reads; ++k) {
            Draws const sweep = draws.stream(F::depth + k).from_row(first);
            for (Parity const parity : {Parity::odd, Parity::even}) {
                if (k < options.sweeps)
                    clamped_half_sweep(prepared, block, clamps_here, scratch_here, parity, sweep);
                else
                    clamped_half_sweep_with_means(prepared, block, means_here, clamps_here, scratch_here, parity,
                                                  sweep);
            }
            if (k < options.sweeps) continue;
            for (std::size_t l = 0; l < F::depth; ++l)
                for (std::size_t i = 0; i < count; ++i)
                    detail::axpy(sums_here[l].row(i).data(), means_here[l].row(i).data(), sums_here[l].columns, T{1});
        }
    });
    States<T, F::depth> result{given.cases(), field.sizes()};
    T const share = T{1} / static_cast<T>(options.chains * options.reads);
    for (std::size_t l = 0; l < F::depth; ++l)
        for (std::size_t i = 0; i < all.cases(); ++i)
            detail::axpy(result[l].row(i / options.chains).data(), sums[l].row(i).data(), result[l].columns, share);
    given.write(result.blocks());
    return result;
}

} // namespace boltz
