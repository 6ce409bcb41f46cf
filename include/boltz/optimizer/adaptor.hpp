// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What optimizers that wrap another one have in common.

#include <boltz/concepts.hpp>
#include <boltz/model/parameter_set.hpp>

#include <utility>

namespace boltz::detail {

/// The session of the inner optimizer, and what is passed on to it where it can: steps by parts, rates.
template <class Optimization, Parametric M>
class OptimizerAdaptor {
  protected:
    using Inner = decltype(std::declval<Optimization const&>().bind(std::declval<M const&>()));

  public:
    OptimizerAdaptor(Optimization const& optimization, M const& model) : inner_{optimization.bind(model)} {}

    void step_weights(M& model, typename M::Gradient& gradient, Clock const& clock, WeightRows const& rows) requires
        requires(Inner& inner) {
        inner.step_weights(model, gradient, clock, rows);
    }
    { inner_.step_weights(model, gradient, clock, rows); }

    void step_but_weights(M& model, typename M::Gradient& gradient, Clock const& clock) requires
        requires(Inner& inner) {
        inner.step_but_weights(model, gradient, clock);
    }
    { inner_.step_but_weights(model, gradient, clock); }

    /// Multiplies all rates by `factor` from now on.
    void scale_rate(double factor) requires requires(Inner& inner) { inner.scale_rate(factor); }
    { inner_.scale_rate(factor); }

  protected:
    /// The end of a step by parts of the inner optimizer; tells whether weights have changed.
    bool finish_inner(M& model, Clock const& clock, Executor& executor) {
        if constexpr (requires { inner_.finish_step(model, clock, executor); })
            return inner_.finish_step(model, clock, executor);
        return false;
    }

    Inner inner_;
};

} // namespace boltz::detail
