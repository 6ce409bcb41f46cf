// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a trained model.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <utility>

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
void check_sampling(AnyField<T> const& field, SampleOptions const& options) {
    for (auto const& [name, value] : {std::pair{"chains", options.chains}, std::pair{"reads", options.reads},
                                      std::pair{"thinning", options.thinning}})
        if (value == 0) fail<ValueError>("sample: ", name, " is 0, but must be at least 1");
    static_cast<void>(rows_of_states("sample", {options.chains, "chains"}, {1, "read"}, field.sizes()));
    check_products(field, options.compute);
    check_bounded_energy(field, "sample");
}

/// What is done with chains each time they are read.
template <std::floating_point T>
using ReadChains = FunctionRef<void(std::size_t, States<T> const&)>;

/// Runs chains in place and calls `read(r, states)` each time they are read.
template <std::floating_point T>
void run_chains(AnyField<T> const& field, States<T>& chains, SampleOptions const& options, Draws const& draws,
                ReadChains<T> read) {
    Executor executor{options.compute};
    PreparedForCall<T> const prepared{field, options.compute};
    for (std::size_t r = 0; r < options.reads; ++r) {
        std::size_t const sweeps = r == 0 ? options.sweeps : options.thinning;
        gibbs_sweeps(*prepared, chains, sweeps, draws.stream(field.layers() + r), executor);
        read(r, chains);
    }
}

/// Samples by chains that begin at draws from the biases.
template <std::floating_point T>
void sample_from_biases(AnyField<T> const& field, SampleOptions const& options, Random& random, ReadChains<T> read) {
    check_sampling(field, options);
    Draws const draws = random.split();
    States<T> chains{options.chains, field.sizes()};
    draw_from_biases(field, chains, draws);
    run_chains(field, chains, options, draws, read);
}

/// Samples by chains that begin at the rows of `start`, in turn.
template <std::floating_point T>
void sample_from_states(AnyField<T> const& field, States<T> const& start, SampleOptions const& options,
                        Random& random, ReadChains<T> read) {
    check_sampling(field, options);
    if (start.rows() == 0) fail<ValueError>("sample: start has 0 rows, but chains begin at rows of it");
    States<T> chains{options.chains, field.sizes()};
    if (start.layers() != chains.layers())
        fail<ShapeError>("sample: start has ", start.layers(), " layers, but the model has ", chains.layers());
    for (std::size_t l = 0; l < field.layers(); ++l) {
        Block<T const> const rows = start[l];
        if (rows.columns != chains[l].columns)
            fail<ShapeError>("sample: start has ", rows.columns, " columns in layer ", l, ", but the layer has ",
                             chains[l].columns, " units");
        field.unit(l).validate(rows, "sample: layer " + std::to_string(l) + " of start");
        for (std::size_t i = 0; i < options.chains; ++i)
            copy<T>(rows.row_range(i % start.rows(), 1), chains[l].row_range(i, 1));
    }
    run_chains(field, chains, options, random.split(), read);
}

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
[[nodiscard]] States<T> sample(AnyField<T> const& field, SampleOptions const& options, Random& random) {
    return detail::kept_reads(field, options, [&](detail::ReadChains<T> read) {
        detail::sample_from_biases<T>(field, options, random, read);
    });
}

/// The same from given states.
/// @throws as above.
template <std::floating_point T>
[[nodiscard]] States<T> sample(AnyField<T> const& field, States<T> const& start, SampleOptions const& options,
                               Random& random) {
    return detail::kept_reads(field, options, [&](detail::ReadChains<T> read) {
        detail::sample_from_states<T>(field, start, options, random, read);
    });
}

/// The means of a layer given its neighbours in `states`: what is drawn as a picture in place of a noisy sample.
/// Allocates.
/// @throws ShapeError if `states` does not fit the neighbours; ValueError if there is no such layer.
template <std::floating_point T>
[[nodiscard]] Matrix<T> conditional_means(AnyField<T> const& field, States<T> const& states, std::size_t layer) {
    if (layer >= field.layers())
        detail::fail<ValueError>("conditional_means: layer is ", layer, ", but the model has ", field.layers(),
                                 " layers");
    detail::check_states<T>(field, states, field.graph().neighbour_set(layer), "conditional_means");
    Matrix<T> means = zero_matrix<T>(states.rows(), field.sizes()[layer]);
    field.input(layer, states, Block{means});
    field.unit(layer).mean(Block{means});
    return means;
}
/// The same for layer I.
template <std::size_t I = 0, concepts::Field F>
    requires detail::MayHaveLayer<F, I>
[[nodiscard]] Matrix<typename F::value_type> conditional_means(F const& field,
                                                               States<typename F::value_type> const& states) {
    return conditional_means<typename F::value_type>(field, states, I);
}

} // namespace boltz
