// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Limited-memory BFGS on chunks of cases.

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/line_search.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// Minimises the loss of one chunk of cases after the other by a few searches along the directions -H g of
/// limited-memory BFGS, where H approximates the inverse of the loss's matrix of second derivatives from the last
/// moves s and changes y of the gradient (Nocedal & Wright, Numerical Optimization, 2nd edition, algorithm 7.4, with
/// the scale s'y / y'y of eq. 7.20).
///
/// The first search of a chunk is steepest descent. A move along which the slope did not rise (s'y <= 0) is not
/// remembered.
struct Lbfgs {
    std::size_t line_searches = 3;               ///< a chunk
    std::size_t history = 10;                    ///< moves remembered, within a chunk
    LineSearch line_search = {.curvature = 0.9}; ///< loose, as the first step is mostly right
    LayerRates layer_rates{}; ///< scale of layer l's gradient and again of its moves, 1 if absent; 0 freezes it

    template <std::floating_point T>
    class Session;

    /// Room for six sets shaped like the parameters and for two more a remembered move, of which there are no more
    /// than line_searches - 1.
    /// @throws ValueError if a field is out of range or there are more rates than layers.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyParametric<T> const& model) const;
    /// Deleted for Boltzmann machines: a training estimates their gradient, but has no loss to search along.
    template <std::floating_point T>
    void bind(AnyModel<T> const& model) const = delete;
};

/// The length of the first step at the chunk before, and a count of losses computed.
template <std::floating_point T>
class Lbfgs::Session final : public DescentSession<T> {
  public:
    Session(DescentOptions const& options, std::size_t history, AnyParametric<T> const& model);

    /// Moves the parameters to the best point found for one chunk, and returns the loss there.
    ///
    /// As `ConjugateGradient::Session::minimise`, but for about 4 * history more passes over the parameters a search.
    double minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                    Clock const& clock, Executor& executor) override;

  private:
    struct Move {
        ParameterSet<T> step;   // s
        ParameterSet<T> change; // y, of the gradient
        double curvature = 0;   // s'y
        double share = 0;       // alpha of algorithm 7.4
    };

    void remember(ParameterSpace<T>& space, LastMove<T> const& last);

    // Algorithm 7.4, for -g; the step along its result is mostly 1.
    double turn(ParameterSpace<T>& space, ParameterSet<T>& slope, ParameterSet<T>& direction);

    std::vector<Move> moves_; // a ring
    std::size_t remembered_ = 0;
    double scale_ = 1;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/lbfgs.hpp>
#endif
