// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A bound on the weights of each unit.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <concepts>
#include <memory>
#include <vector>

namespace boltz {

template <std::floating_point T>
class MaxNormSession;

/// Another optimizer, after whose steps the weights that feed a unit have a norm of at most `norm`: each column of
/// each W is scaled down where it is longer (Srebro & Shraibman 2005; Srivastava et al. 2014, section 5.1).
///
/// `MaxNorm{Sgd{.learning_rate = 0.1}, 4.0}`. One more pass over the weights an update, also those of frozen layers,
/// which are scaled down once if they begin longer.
template <class Optimization>
struct MaxNorm {
    Optimization optimizer{};
    double norm = 4.0; ///< the largest Euclidean norm of a column, positive

    /// @throws ValueError if `norm` is not positive or the inner optimizer searches along lines, or as its `bind`.
    template <concepts::Parametric M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] MaxNormSession<typename M::value_type> bind(M const& model) const {
        if (!(norm > 0)) detail::fail<ValueError>("MaxNorm: norm is ", norm, ", but must be positive");
        return {detail::bind_inner("MaxNorm", optimizer, model), norm, model};
    }
};

template <class Optimization>
MaxNorm(Optimization, double) -> MaxNorm<Optimization>;
template <class Optimization>
MaxNorm(Optimization) -> MaxNorm<Optimization>;

/// The inner optimizer's session, and room for the norms.
template <std::floating_point T>
class MaxNormSession final : public detail::OptimizerAdaptor<T> {
  public:
    MaxNormSession(std::unique_ptr<OptimizerSession<T>> inner, double norm, AnyParametric<T> const& model);

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override;
    bool finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) override;

  private:
    // Workers take columns, so that sums do not depend on their number.
    bool limit(AnyParametric<T>& model, Executor& executor);

    T norm_;
    std::vector<T> squares_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/max_norm.hpp>
#endif
