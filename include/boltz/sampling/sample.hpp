// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a trained model.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/draw_from_biases.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <xtensor/xbuilder.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace boltz {

/// How many chains, how long they are, and how often they are read.
struct SampleOptions {
    std::size_t count = 100;   ///< independent chains
    std::size_t sweeps = 1000; ///< full Gibbs sweeps before a chain is read for the first time
    std::size_t reads = 1;     ///< samples taken from each chain
    std::size_t thinning = 1;  ///< sweeps between two reads of a chain
    Compute compute{};         ///< workers
};

namespace detail {

template <concepts::Field F>
void check_sampling(F const& field, SampleOptions const& options) {
    for (auto const& [name, value] : {std::pair{"count", options.count}, std::pair{"reads", options.reads},
                                      std::pair{"thinning", options.thinning}})
        if (value == 0) fail<ValueError>("sample: ", name, " is 0, but must be at least 1");
    static_cast<void>(rows_of_states("sample", {options.count, "count"}, {1, "read"}, field.sizes()));
    check_precision<F>(options.compute);
    if constexpr (concepts::Model<F>) check_bounded_energy(field, "sample");
}

/// Room for the samples of all chains and reads.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth> room_for_reads(F const& field, SampleOptions const& options) {
    auto const sizes = field.sizes();
    return {rows_of_states("sample", {options.count, "count"}, {options.reads, "reads"}, sizes), sizes};
}

/// Runs chains in place and calls `read(r, states)` each time they are read.
template <concepts::Field F, class Read>
void run_chains(F const& field, States<typename F::value_type, F::depth>& chains, SampleOptions const& options,
                Draws const& draws, Read&& read) {
    Executor executor{options.compute};
    auto const& field_for_products = prepared(field, options.compute);
    for (std::size_t r = 0; r < options.reads; ++r) {
        std::size_t const sweeps = r == 0 ? options.sweeps : options.thinning;
        gibbs_sweeps(field_for_products, chains.blocks(), sweeps, draws.stream(F::depth + r), executor);
        read(r, std::as_const(chains));
    }
}

/// Chains that begin at draws from the biases.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth> random_chains(F const& field, std::size_t count,
                                                                     Draws const& draws) {
    States<typename F::value_type, F::depth> chains{count, field.sizes()};
    draw_from_biases(field, chains.blocks(), draws);
    return chains;
}

/// Chains that begin at the rows of `start`, in turn.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth>
chains_at(F const& field, States<typename F::value_type, F::depth> const& start, std::size_t count) {
    using T = typename F::value_type;
    if (start.rows() == 0) fail<ValueError>("sample: start has 0 rows, but chains begin at rows of it");
    States<T, F::depth> chains{count, field.sizes()};
    for_each_index<F::depth>([&](auto l) {
        Block<T const> const rows = start[l];
        if (rows.columns != chains[l].columns)
            fail<ShapeError>("sample: start has ", rows.columns, " columns in layer ", std::size_t{l},
                             ", but the layer has ", chains[l].columns, " units");
        validate(field.template layer<l>().unit(), rows,
                 "sample: layer " + std::to_string(std::size_t{l}) + " of start");
        for (std::size_t i = 0; i < count; ++i) copy(rows.row_range(i % start.rows(), 1), chains[l].row_range(i, 1));
    });
    return chains;
}

/// Keeps what is read: read r of chain i in row r * count + i.
template <class T, std::size_t Depth>
[[nodiscard]] auto keep_reads(States<T, Depth>& kept) {
    return [&kept](std::size_t r, States<T, Depth> const& chains) {
        auto const rows = row_range(kept.blocks(), r * chains.rows(), chains.rows());
        for (std::size_t l = 0; l < Depth; ++l) copy(chains[l], rows[l]);
    };
}

} // namespace detail

/// Samples from a model by independent Gibbs chains that begin at draws from the biases; `read(r, states)` is called
/// each time the chains are read, r = 0 .. reads - 1, with the states of all layers, rows = chains.
///
/// For what must not be kept: long series of some scalar, pictures of chains under way. Chains that are too short
/// remember where they began. Allocates before the first sweep only.
/// @throws ValueError if a number of `options` is 0 that must not be, chains or samples are more than memory can
/// hold, or the energy is not bounded below.
template <concepts::Field F, class Read>
void sample(F const& field, SampleOptions const& options, Random& random, Read&& read) {
    detail::check_sampling(field, options);
    Draws const draws = random.split();
    auto chains = detail::random_chains(field, options.count, draws);
    detail::run_chains(field, chains, options, draws, read);
}

/// The same from given states: chain i begins at row i modulo rows of `start`. Each sweep begins with the odd layers,
/// so only the even ones matter.
/// @throws as above; ShapeError if `start` is not of the model's layers, ValueError if it has no rows or impossible
/// states.
template <concepts::Field F, class Read>
void sample(F const& field, States<typename F::value_type, F::depth> const& start, SampleOptions const& options,
            Random& random, Read&& read) {
    detail::check_sampling(field, options);
    auto chains = detail::chains_at(field, start, options.count);
    Draws const draws = random.split();
    detail::run_chains(field, chains, options, draws, read);
}

/// Samples from a model by independent Gibbs chains that begin at draws from the biases.
///
/// Returns the states of all layers, count * reads rows: read r of chain i stands in row r * count + i.
/// @throws as above.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth> sample(F const& field, SampleOptions const& options,
                                                              Random& random) {
    detail::check_sampling(field, options);
    auto kept = detail::room_for_reads(field, options);
    sample(field, options, random, detail::keep_reads(kept));
    return kept;
}

/// The same from given states.
/// @throws as above.
template <concepts::Field F>
[[nodiscard]] States<typename F::value_type, F::depth> sample(F const& field,
                                                              States<typename F::value_type, F::depth> const& start,
                                                              SampleOptions const& options, Random& random) {
    detail::check_sampling(field, options);
    auto kept = detail::room_for_reads(field, options);
    sample(field, start, options, random, detail::keep_reads(kept));
    return kept;
}

/// The means of layer I given its neighbours in `states`: what is drawn as a picture in place of a noisy sample.
/// Allocates.
template <std::size_t I = 0, concepts::Field F>
[[nodiscard]] Matrix<typename F::value_type>
conditional_means(F const& field, States<typename F::value_type, F::depth> const& states) {
    Matrix<typename F::value_type> means =
        xt::zeros<typename F::value_type>({states.rows(), field.template layer<I>().size()});
    auto copy = states;
    field.template input<I>(copy.blocks(), Block{means});
    field.template layer<I>().unit().mean(Block{means});
    return means;
}

} // namespace boltz
