// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples from a trained model.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <xtensor/xbuilder.hpp>

#include <cstddef>

namespace boltz {

/// How many samples, and how long their chains.
struct SampleOptions {
    std::size_t count = 100;   ///< independent chains, one sample each
    std::size_t sweeps = 1000; ///< full Gibbs sweeps before a chain is read
    Compute compute{};         ///< workers
};

/// Samples from a model by independent Gibbs chains that begin at draws from the biases, for layers none of which is
/// clamped.
///
/// Returns the states of all layers after the last sweep, rows = chains. Chains that are too short remember where
/// they began.
/// @throws ValueError if `count` is 0, or the energy is not bounded below.
template <Field F>
[[nodiscard]] States<typename F::value_type, F::depth> sample(F const& field, SampleOptions const& options,
                                                              Random& random) {
    if (options.count == 0) detail::fail<ValueError>("sample: count is 0, but must be at least 1");
    if constexpr (Model<F>) check_bounded_energy(field, "sample");
    Draws const draws = random.split();
    Executor executor{options.compute};
    States<typename F::value_type, F::depth> states{options.count, field.sizes()};
    auto const blocks = states.blocks();
    detail::for_each_index<F::depth>([&](auto l) {
        field.template input<l>(blocks, blocks[l], {.below = 0, .above = 0});
        field.template layer<l>().unit().sample(blocks[l], draws.stream(l));
    });
    auto const& prepared = detail::prepared(field, options.compute);
    gibbs_sweeps(prepared, blocks, options.sweeps, draws.stream(F::depth), executor);
    return states;
}

/// The means of layer I given its neighbours in `states`: what is drawn as a picture in place of a noisy sample.
/// Allocates.
template <std::size_t I = 0, Field F>
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
