// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Annealed importance sampling: log Z of any model, and of any model given some of its layers.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {

/// How to anneal (Neal 2001; Salakhutdinov & Murray 2008).
struct Ais {
    std::size_t chains = 100;                       ///< independent chains (for each case, where there are cases)
    Ladder ladder = Ladder::salakhutdinov_murray(); ///< temperatures
    Compute compute{};                              ///< workers, and the precision of products

    /// @throws ValueError if `chains` is 0 or `compute` out of range.
    void validate() const;
};

namespace detail {

/// The estimates of an annealing from a base up to the model, one for each case.
template <std::floating_point T>
std::vector<LogPartition> annealed_estimates(AnyField<T> const& field, BaseBiases<T> const& base,
                                             StatesView<T const> states, LayerSet observed, Ais const& ais,
                                             Random& random, char const* function);

} // namespace detail

/// log Z by chains that run from a base, whose Z is known, up to the model, in nats.
///
/// The path is that of `Tempered`. A set of layers without common weights is summed out in closed form, the one with
/// most units, and given it the others are drawn layer by layer. Below log Z in expectation, and
/// close to it if chains from this base miss no mode, which `log_partition` from several bases looks into
/// (`several_bases.hpp`). Costs two products a connection and temperature, three where neither layer is summed,
/// all temperatures of a block of chains in one go; allocates. With `Precision::bfloat16` draws and weights use the
/// same rounded W, so the estimate is of the rounded model's log Z, and the result says so.
/// @throws ValueError if an option is out of range, the energy has no minimum, or bfloat16 is asked for where it
/// cannot be had; ShapeError if the base does not fit.
template <std::floating_point T>
[[nodiscard]] LogPartition log_partition(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,
                                         Ais const& ais, Random& random);

/// log of the sum of exp(-E) over the layers that are not observed, for each row of the observed ones, in nats: the
/// log-probability of those rows short of log Z. One estimate a row, each by `ais.chains` chains.
///
/// Only the blocks of observed layers are read, and their products made once. Costs two products a temperature and
/// connection of two layers neither of which is observed.
/// @throws ShapeError if a block does not fit its layer; ValueError as `log_partition`, or if a state is impossible.
template <std::floating_point T>
[[nodiscard]] std::vector<LogPartition>
log_sum(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet observed,
        std::type_identity_t<BaseBiases<T>> const& base, Ais const& ais, Random& random) {
    return detail::annealed_estimates(field, base, states, observed, ais, random, "log_sum");
}

/// The same from the uniform base.
template <std::floating_point T>
[[nodiscard]] std::vector<LogPartition> log_sum(AnyField<T> const& field,
                                                std::type_identity_t<StatesView<T const>> states, LayerSet observed,
                                                Ais const& ais, Random& random) {
    return log_sum(field, states, observed, uniform_base(field), ais, random);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/ais.hpp>
#endif
