// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gradients of bounded length.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace boltz {

template <std::floating_point T>
class ClippedSession;

/// Another optimizer, whose gradient is scaled down to the length `norm` where it is longer (Pascanu, Mikolov &
/// Bengio 2013): the Euclidean norm over all parameters, summed in double precision. Two passes over the gradient.
/// One that is not finite is passed on as it is.
template <class Optimization>
struct Clipped {
    Optimization optimizer{};
    double norm = 1.0; ///< the greatest length, positive

    /// @throws ValueError if `norm` is not positive or the inner optimizer searches along lines, or as its `bind`.
    template <concepts::Parametric M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] ClippedSession<typename M::value_type> bind(M const& model) const {
        if (!(norm > 0)) detail::fail<ValueError>("Clipped: norm is ", norm, ", but must be positive");
        return {detail::bind_inner("Clipped", optimizer, model), norm};
    }
};

template <class Optimization>
Clipped(Optimization) -> Clipped<Optimization>;
template <class Optimization>
Clipped(Optimization, double) -> Clipped<Optimization>;

/// The inner optimizer's session.
template <std::floating_point T>
class ClippedSession final : public detail::OptimizerWrapper<T> {
  public:
    ClippedSession(std::unique_ptr<OptimizerSession<T>> inner, double norm)
        : detail::OptimizerWrapper<T>{std::move(inner)}, norm_{norm} {}

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override;

  private:
    double norm_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/clipped.hpp>
#endif
