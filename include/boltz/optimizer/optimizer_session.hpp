// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// An optimizer at work.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

/// An optimizer at work on the parameters of one model, with what it keeps of them: what `bind(model)` of an
/// optimizer gives. One of one's own overrides `step` and `archive`, and of the others those that it needs.
template <std::floating_point T>
class OptimizerSession {
  public:
    virtual ~OptimizerSession() = default;

    /// Moves the parameters along the gradient, upwards. `gradient` may be overwritten.
    virtual void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) = 0;
    /// Visits what later steps depend on.
    virtual void archive(Archive& archive) = 0;

    /// Whether it moves each parameter by itself, so that a training may take a step by parts: rows of the weights as
    /// soon as it has their gradient, while both are in cache.
    [[nodiscard]] virtual bool by_parts() const noexcept { return false; }
    /// Moves some rows of one weight matrix; called by several threads at once, for different rows.
    virtual void step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                              WeightRows const& rows);
    /// Moves all parameters but the weights; called by one thread, while others move weights.
    virtual void step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock);
    /// Called when all parts have moved; returns whether it has changed weights.
    virtual bool finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor);

    /// Whether the optimizer has rates that `scale_rate` multiplies.
    [[nodiscard]] virtual bool has_rate() const noexcept { return false; }
    /// Multiplies all rates by `factor` from now on.
    virtual void scale_rate(double factor) { static_cast<void>(factor); }
    /// Whether nothing of a layer moves now.
    [[nodiscard]] virtual bool frozen(std::size_t layer, Clock const& clock) const;
    /// Sees the data phase of a Boltzmann machine before each step.
    virtual void observe(Phase<T> const& data, Clock const& clock);

    /// Whether it searches along lines, and so needs the loss of a chunk of cases as a function of the parameters:
    /// then `minimise` is called in place of `step`.
    [[nodiscard]] virtual bool searches() const noexcept { return false; }
    /// Minimises `evaluate(gradient)`, the loss at the parameters of `model`, which writes its gradient. Returns the
    /// loss it leaves the model at.
    virtual double minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                            Clock const& clock, Executor& executor);
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/optimizer_session.hpp>
#endif
