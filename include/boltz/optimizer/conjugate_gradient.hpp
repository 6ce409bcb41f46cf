// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Nonlinear conjugate gradients on chunks of cases.

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/line_search.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

/// Minimises the loss of one chunk of cases after the other by a few searches along conjugate directions:
/// d_0 = -g_0, d_{k+1} = -g_{k+1} + max(0, g_{k+1}'(g_{k+1} - g_k) / g_k'g_k) d_k, with g the gradient (Polak &
/// Ribiere 1969; Nocedal & Wright, Numerical Optimization, 2nd edition, algorithm 5.4 with eq. 5.44 and 5.45).
///
/// Hinton & Salakhutdinov (2006) and Salakhutdinov & Hinton (2009) fine-tune with three searches a chunk of 1000 to
/// 5000 cases: enough to gain from the curvature, too few to fit the chunk alone. Each chunk is another loss, so
/// directions begin anew.
struct ConjugateGradient {
    std::size_t line_searches = 3; ///< a chunk
    LineSearch line_search{};      ///< how each is made; directions need a curvature well below 1/2
    LayerRates layer_rates{};      ///< scale of layer l's gradient and again of its moves, 1 if absent; 0 freezes it

    template <std::floating_point T>
    class Session;

    /// Room for six sets shaped like the parameters.
    /// @throws ValueError if a field is out of range or there are more rates than layers.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyParametric<T> const& model) const;
    /// Deleted for Boltzmann machines: a training estimates their gradient, but has no loss to search along.
    template <std::floating_point T>
    void bind(AnyModel<T> const& model) const = delete;
};

/// The length of the first step at the chunk before, and a count of losses computed.
template <std::floating_point T>
class ConjugateGradient::Session final : public DescentSession<T> {
  public:
    using DescentSession<T>::DescentSession;

    /// Moves the parameters to the best point found for one chunk, and returns the loss there.
    ///
    /// `evaluate(slope)` returns the loss at the parameters of `model` and writes its gradient to `slope`. The loss
    /// never rises; if nothing better is found (or the loss is not finite to begin with), parameters keep their bits,
    /// as they do when `evaluate` throws. A trial whose loss or gradient is not finite shortens the step. At most 1 +
    /// line_searches * line_search.max_evaluations evaluations; beside them about ten passes over the parameters a
    /// search. Nothing is allocated.
    double minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                    Clock const& clock, Executor& executor) override;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/conjugate_gradient.hpp>
#endif
