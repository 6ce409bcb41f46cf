// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/sample.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
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

template <std::floating_point T>
void sample_from_biases(AnyField<T> const& field, SampleOptions const& options, Random& random, ReadChains<T> read) {
    check_sampling(field, options);
    Draws const draws = random.split();
    States<T> chains{options.chains, field.sizes()};
    draw_from_biases(field, chains, draws);
    run_chains(field, chains, options, draws, read);
}

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

} // namespace detail

template <std::floating_point T>
States<T> sample(AnyField<T> const& field, SampleOptions const& options, Random& random) {
    return detail::kept_reads(field, options, [&](detail::ReadChains<T> read) {
        detail::sample_from_biases<T>(field, options, random, read);
    });
}

template <std::floating_point T>
States<T> sample(AnyField<T> const& field, States<T> const& start, SampleOptions const& options, Random& random) {
    return detail::kept_reads(field, options, [&](detail::ReadChains<T> read) {
        detail::sample_from_states<T>(field, start, options, random, read);
    });
}

template <std::floating_point T>
Matrix<T> conditional_means(AnyField<T> const& field, States<T> const& states, std::size_t layer) {
    if (layer >= field.layers())
        detail::fail<ValueError>("conditional_means: layer is ", layer, ", but the model has ", field.layers(),
                                 " layers");
    detail::check_states<T>(field, states, field.graph().neighbour_set(layer), "conditional_means");
    Matrix<T> means = zero_matrix<T>(states.rows(), field.sizes()[layer]);
    field.input(layer, states, Block{means});
    field.unit(layer).mean(Block{means});
    return means;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void check_sampling<T>(AnyField<T> const& field, SampleOptions const& options);                         \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void run_chains<T>(AnyField<T> const& field, States<T>& chains, SampleOptions const& options,           \
                                Draws const& draws, ReadChains<T> read);                                             \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void sample_from_biases<T>(AnyField<T> const& field, SampleOptions const& options, Random& random,      \
                                        ReadChains<T> read);                                                         \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void sample_from_states<T>(AnyField<T> const& field, States<T> const& start,                            \
                                        SampleOptions const& options, Random& random, ReadChains<T> read);           \
    }                                                                                                                \
    template States<T> sample<T>(AnyField<T> const& field, SampleOptions const& options, Random& random);            \
    template States<T> sample<T>(AnyField<T> const& field, States<T> const& start, SampleOptions const& options,     \
                                 Random& random);                                                                    \
    template Matrix<T> conditional_means<T>(AnyField<T> const& field, States<T> const& states, std::size_t layer);
#include <boltz/detail/instantiate.hpp>
