// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Limited-memory BFGS on chunks of cases.

#include <boltz/concepts.hpp>
#include <boltz/optimizer/descent.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/line_search.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
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

    template <concepts::Parametric M>
    class Session;

    /// Room for six sets shaped like the parameters and for two more a remembered move, of which there are no more
    /// than line_searches - 1.
    /// @throws ValueError if a field is out of range or there are more rates than layers.
    template <concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (history < 1) detail::fail<ValueError>("Lbfgs: history is 0, but must be at least 1");
        DescentOptions options{line_searches, line_search, layer_rates};
        options.validate("Lbfgs", model);
        return Session<M>{std::move(options), history, model};
    }
};

/// The length of the first step at the chunk before, and a count of losses computed.
template <concepts::Parametric M>
class Lbfgs::Session {
  public:
    Session(DescentOptions const& options, std::size_t history, M const& model) : descent_{options, model} {
        // A move is of use to the searches after it only.
        std::size_t const useful = std::min(history, options.line_searches - 1);
        for (std::size_t i = 0; i < useful; ++i) moves_.push_back({model.make_gradient(), model.make_gradient()});
    }

    /// Moves the parameters to the best point found for one chunk, and returns the loss there.
    ///
    /// As `ConjugateGradient::Session::step`, but for about 4 * history more passes over the parameters a search.
    template <class Evaluate>
        requires std::is_invocable_r_v<double, Evaluate&, typename M::Gradient&>
    double step(M& model, Evaluate&& evaluate, Clock const& clock, Executor& executor) {
        remembered_ = 0;
        return descent_.step(model, evaluate, clock, executor, [this](auto& space, LastMove<Set> const& last) {
            this->remember(space, last);
            return this->turn(space, last.now, last.direction);
        });
    }

    /// Losses computed since the session began.
    [[nodiscard]] std::uint64_t evaluations() const noexcept { return descent_.evaluations(); }

    template <class Archive>
    void archive(Archive& archive) {
        descent_.archive(archive);
    }

  private:
    using Set = typename M::Gradient;

    struct Move {
        Set step;             // s
        Set change;           // y, of the gradient
        double curvature = 0; // s'y
        double share = 0;     // alpha of algorithm 7.4
    };

    void remember(ParameterSpace<M>& space, LastMove<Set> const& last) {
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
    double turn(ParameterSpace<M>& space, Set& slope, Set& direction) {
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

    Descent<M> descent_;
    std::vector<Move> moves_; // a ring
    std::size_t remembered_ = 0;
    double scale_ = 1;
};

} // namespace boltz
