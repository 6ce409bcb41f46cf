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

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <utility>
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
    [[nodiscard]] Session<T> bind(AnyParametric<T> const& model) const {
        if (history < 1) detail::fail<ValueError>("Lbfgs: history is 0, but must be at least 1");
        DescentOptions options{line_searches, line_search, layer_rates};
        options.validate("Lbfgs", model);
        return Session<T>{std::move(options), history, model};
    }
    /// Deleted for Boltzmann machines: a training estimates their gradient, but has no loss to search along.
    template <std::floating_point T>
    void bind(AnyModel<T> const& model) const = delete;
};

/// The length of the first step at the chunk before, and a count of losses computed.
template <std::floating_point T>
class Lbfgs::Session final : public DescentSession<T> {
  public:
    Session(DescentOptions const& options, std::size_t history, AnyParametric<T> const& model)
        : DescentSession<T>{options, model} {
        // A move is of use to the searches after it only.
        std::size_t const useful = std::min(history, options.line_searches - 1);
        for (std::size_t i = 0; i < useful; ++i) moves_.push_back({model.make_gradient(), model.make_gradient()});
    }

    /// Moves the parameters to the best point found for one chunk, and returns the loss there.
    ///
    /// As `ConjugateGradient::Session::minimise`, but for about 4 * history more passes over the parameters a search.
    double minimise(AnyParametric<T>& model, detail::FunctionRef<double(ParameterSet<T>&)> evaluate,
                    Clock const& clock, Executor& executor) override {
        remembered_ = 0;
        return this->descent_.step(model, evaluate, clock, executor,
                                   [this](ParameterSpace<T>& space, LastMove<T> const& last) {
                                       this->remember(space, last);
                                       return this->turn(space, last.now, last.direction);
                                   });
    }

  private:
    struct Move {
        ParameterSet<T> step;   // s
        ParameterSet<T> change; // y, of the gradient
        double curvature = 0;   // s'y
        double share = 0;       // alpha of algorithm 7.4
    };

    void remember(ParameterSpace<T>& space, LastMove<T> const& last) {
        double const curvature =
            last.step * (space.dot(last.direction, last.now) - space.dot(last.direction, last.before));
        if (!(curvature > 0)) return;
        Move& move = moves_[remembered_ % moves_.size()];
        space.combine(0, move.step, last.step, last.direction);
        space.combine(0, move.change, 1, last.now);
        space.combine(1, move.change, -1, last.before);
        move.curvature = curvature;
        scale_ = curvature / space.dot(move.change, move.change);
        ++remembered_;
    }

    // Algorithm 7.4, for -g; the step along its result is mostly 1.
    double turn(ParameterSpace<T>& space, ParameterSet<T>& slope, ParameterSet<T>& direction) {
        space.combine(0, direction, -1, slope);
        std::size_t const count = std::min(remembered_, moves_.size());
        if (count == 0) return 0;
        for (std::size_t i = 1; i <= count; ++i) {
            Move& move = moves_[(remembered_ - i) % moves_.size()];
            move.share = space.dot(move.step, direction) / move.curvature;
            space.combine(1, direction, -move.share, move.change);
        }
        double scale = scale_;
        for (std::size_t i = count; i >= 1; --i) {
            Move& move = moves_[(remembered_ - i) % moves_.size()];
            double const back = scale * space.dot(move.change, direction) / move.curvature;
            space.combine(scale, direction, move.share - back, move.step);
            scale = 1;
        }
        return 1;
    }

    std::vector<Move> moves_; // a ring
    std::size_t remembered_ = 0;
    double scale_ = 1;
};

} // namespace boltz
