// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What optimizers that wrap another one have in common.

#include <boltz/concepts.hpp>
#include <boltz/model/parameter_set.hpp>

#include <cstddef>
#include <utility>

namespace boltz::detail {

/// The session of the inner optimizer, and what every wrapper passes on to it: rates, and what it observes. A wrapper
/// that changes the gradient wants the whole of it.
template <class Optimization, concepts::Parametric M>
class OptimizerWrapper {
  protected:
    using Inner = decltype(std::declval<Optimization const&>().bind(std::declval<M const&>()));

  public:
    OptimizerWrapper(Optimization const& optimization, M const& model) : inner_{optimization.bind(model)} {}

    /// Multiplies all rates by `factor` from now on.
    void scale_rate(double factor) requires requires(Inner& inner) { inner.scale_rate(factor); }
    { inner_.scale_rate(factor); }

    /// Whether nothing of a layer moves now.
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const {
        if constexpr (requires { inner_.frozen(layer, clock); }) return inner_.frozen(layer, clock);
        return false;
    }

    template <class Phase>
    void observe(Phase const& data, Clock const& clock) requires requires(Inner& inner) {
        inner.observe(data, clock);
    }
    { inner_.observe(data, clock); }

  protected:
    template <class Phase>
    void let_inner_observe(Phase const& data, Clock const& clock) {
        if constexpr (requires { inner_.observe(data, clock); }) inner_.observe(data, clock);
    }

    Inner inner_;
};

/// A wrapper that leaves the inner optimizer its steps by parts.
template <class Optimization, concepts::Parametric M>
class OptimizerAdaptor : public OptimizerWrapper<Optimization, M> {
    using Wrapper = OptimizerWrapper<Optimization, M>;

  protected:
    using typename Wrapper::Inner;
    using Wrapper::inner_;

  public:
    using Wrapper::Wrapper;

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

  protected:
    /// The end of a step by parts of the inner optimizer; tells whether weights have changed.
    bool finish_inner(M& model, Clock const& clock, Executor& executor) {
        if constexpr (requires { inner_.finish_step(model, clock, executor); })
            return inner_.finish_step(model, clock, executor);
        return false;
    }
};

} // namespace boltz::detail
