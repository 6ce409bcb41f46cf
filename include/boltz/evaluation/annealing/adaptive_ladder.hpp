// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A ladder whose steps are as long as a model allows.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/random.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace boltz {

/// How to find a ladder by pilot chains.
struct AdaptiveLadder {
    double effective_share = 0.99;  ///< of the chains that count as much after a step as all did before it, in (0, 1)
    std::size_t chains = 100;       ///< chains that go ahead to find the steps
    std::size_t max_steps = 100000; ///< after which it gives up
    Compute compute{};              ///< workers, and the precision of products

    /// @throws ValueError if a number is out of range.
    void validate() const;
};

namespace detail {

/// The effective share of weights exp(w) among as many: (sum_i exp(w_i))^2 / (n sum_i exp(2 w_i)).
[[nodiscard]] inline double effective_share(std::span<double const> log_weights) {
    return log_mean_exp(log_weights).effective / static_cast<double>(log_weights.size());
}

/// The end of the longest step from `here` whose `share(end)`, falling with its length, is still `wanted`, to one in
/// a hundred; `guess` is a length to begin with.
[[nodiscard]] double longest_step(double here, double guess, double wanted, FunctionRef<double(double)> share);

} // namespace detail

/// A ladder with the same effective share of weights at each step, found by chains that walk ahead: from each
/// temperature the longest step at which their weights stay that even.
///
/// The chains that found it are thrown away and the ladder is then fixed, so an estimate with other random numbers is
/// unbiased on it as on any. Steps are short where the model changes fast; halving 1 - effective_share makes about
/// sqrt(2) as many. Costs a sweep and some ten evaluations of A a step; the number of workers does not change it.
/// Allocates.
/// @throws ValueError if an option is out of range, `max_steps` do not lead to the model, or as `log_partition`;
/// ShapeError if the base does not fit.
template <std::floating_point T>
[[nodiscard]] Ladder adapted_ladder(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,
                                    AdaptiveLadder const& options, Random& random);

/// The same from the uniform base.
template <std::floating_point T>
[[nodiscard]] Ladder adapted_ladder(AnyField<T> const& field, AdaptiveLadder const& options, Random& random) {
    return adapted_ladder(field, uniform_base(field), options, random);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/adaptive_ladder.hpp>
#endif
