// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a trained model.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

/// How many chains, how long they are, and how often they are read.
struct SampleOptions {
    std::size_t chains = 100;  ///< independent chains
    std::size_t sweeps = 1000; ///< full Gibbs sweeps before a chain is read for the first time
    std::size_t reads = 1;     ///< samples taken from each chain
    std::size_t thinning = 1;  ///< sweeps between two reads of a chain
    Compute compute{};         ///< workers
};

namespace detail {

template <std::floating_point T>
void check_sampling(AnyField<T> const& field, SampleOptions const& options);

/// What is done with chains each time they are read.
template <std::floating_point T>
using ReadChains = FunctionRef<void(std::size_t, States<T> const&)>;

/// Runs chains in place and calls `read(r, states)` each time they are read.
template <std::floating_point T>
void run_chains(AnyField<T> const& field, States<T>& chains, SampleOptions const& options, Draws const& draws,
                ReadChains<T> read);

/// Samples by chains that begin at draws from the biases.
template <std::floating_point T>
void sample_from_biases(AnyField<T> const& field, SampleOptions const& options, Random& random, ReadChains<T> read);

/// Samples by chains that begin at the rows of `start`, in turn.
template <std::floating_point T>
void sample_from_states(AnyField<T> const& field, States<T> const& start, SampleOptions const& options,
                        Random& random, ReadChains<T> read);

/// What `run(read)` reads, kept: read r of chain i in row r * chains + i.
template <std::floating_point T, class Run>
[[nodiscard]] States<T> kept_reads(AnyField<T> const& field, SampleOptions const& options, Run const& run) {
    check_sampling(field, options);
    States<T> kept{rows_of_states("sample", {options.chains, "chains"}, {options.reads, "reads"}, field.sizes()),
                   field.sizes()};
    run([&kept](std::size_t r, States<T> const& chains) {
        auto const rows = kept.blocks().row_range(r * chains.rows(), chains.rows());
        for (std::size_t l = 0; l < chains.layers(); ++l) copy<T>(chains[l], rows[l]);
    });
    return kept;
}

} // namespace detail

/// Samples from a model by independent Gibbs chains that begin at draws from the biases; `read(r, states)` is called
/// each time the chains are read, r = 0 .. reads - 1, with the states of all layers, rows = chains.
///
/// For what must not be kept: long series of some scalar, pictures of chains under way. Chains that are too short
/// remember where they began. Allocates before the first sweep only.
/// @throws ValueError if a number of `options` is 0 that must not be, chains or samples are more than memory can
/// hold, or the energy is not bounded below.
template <std::floating_point T, class Read>
void sample(AnyField<T> const& field, SampleOptions const& options, Random& random, Read&& read) {
    detail::sample_from_biases<T>(field, options, random, read);
}

/// The same from given states: chain i begins at row i modulo rows of `start`. Each sweep draws colour 0 last (in an
/// RBM or DBM: the even layers), so only its layers matter where there are two colours.
/// @throws as above; ShapeError if `start` is not of the model's layers, ValueError if it has no rows or impossible
/// states.
template <std::floating_point T, class Read>
void sample(AnyField<T> const& field, States<T> const& start, SampleOptions const& options, Random& random,
            Read&& read) {
    detail::sample_from_states<T>(field, start, options, random, read);
}

/// Samples from a model by independent Gibbs chains that begin at draws from the biases.
///
/// Returns the states of all layers, chains * reads rows: read r of chain i stands in row r * chains + i.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] States<T> sample(AnyField<T> const& field, SampleOptions const& options, Random& random);

/// The same from given states.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] States<T> sample(AnyField<T> const& field, States<T> const& start, SampleOptions const& options,
                               Random& random);

/// The means of a layer given its neighbours in `states`: what is drawn as a picture in place of a noisy sample.
/// Allocates.
/// @throws ShapeError if `states` does not fit the neighbours; ValueError if there is no such layer.
template <std::floating_point T>
[[nodiscard]] Matrix<T> conditional_means(AnyField<T> const& field, States<T> const& states, std::size_t layer);
/// The same for layer I.
template <std::size_t I = 0, concepts::Field F>
    requires detail::MayHaveLayer<F, I>
[[nodiscard]] Matrix<typename F::value_type> conditional_means(F const& field,
                                                               States<typename F::value_type> const& states) {
    return conditional_means<typename F::value_type>(field, states, I);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/sample.hpp>
#endif
