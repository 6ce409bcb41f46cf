// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Line searches on the loss of one chunk of cases, one after the other.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/line_search.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/optimizer/parameter_space.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

/// How often a descent searches along a line, how, and which layers it moves.
struct DescentOptions {
    std::size_t line_searches = 3;
    LineSearch line_search{};
    LayerRates layer_rates{};

    /// @throws ValueError if a field is out of range or `model` has fewer layers than there are rates; `owner` begins
    /// the message.
    template <std::floating_point T>
    void validate(std::string_view owner, AnyParametric<T> const& model) const;
};

/// What a line search did: it went `step` times `direction`, and the gradient `before` became `now`.
template <std::floating_point T>
struct LastMove {
    ParameterSet<T>& now;
    ParameterSet<T>& before;
    ParameterSet<T>& direction;
    double step;
};

/// What nonlinear conjugate gradients and quasi-Newton methods share: a descent by line searches whose directions
/// begin at the steepest one and are turned after each.
///
/// It holds six sets shaped like the parameters. Between chunks it keeps the length of the first step only.
template <std::floating_point T>
class Descent {
  public:
    using Set = ParameterSet<T>;
    using Evaluate = detail::FunctionRef<double(Set&)>;
    using Turn = detail::FunctionRef<double(ParameterSpace<T>&, LastMove<T> const&)>;

    Descent(DescentOptions options, AnyParametric<T> const& model);

    /// Minimises `evaluate(slope)`, the loss at the parameters of `model`, which writes its gradient to `slope`.
    ///
    /// `turn(space, LastMove)` overwrites the last direction with the next one and returns the first step to try
    /// along it, or 0 if the direction gives none. Where that does not lead down, and where a search finds
    /// nothing better, the descent begins anew at the steepest direction. Returns the loss it leaves the model at.
    double step(AnyParametric<T>& model, Evaluate evaluate, Clock const& clock, Executor& executor, Turn turn);

    /// Whether nothing of a layer moves now, as its rate is 0.
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const {
        return detail::layer_rate(options_.layer_rates, layer, clock) == 0;
    }
    /// Losses computed since the session began.
    [[nodiscard]] std::uint64_t evaluations() const noexcept { return evaluations_; }

    void archive(Archive& archive);

  private:
    double descend(ParameterSpace<T>& space, Evaluate evaluate, Turn turn);

    // The step that was right at the chunk before: near the inverse of the curvature, whatever the gradient's length.
    // At the first chunk, a move of length 1 at most.
    static double opening(LinePoint const& here, double before) {
        return before > 0 ? before : 1 / (1 + std::sqrt(-here.slope));
    }

    // As much change to first order as in the last search (Nocedal & Wright, section 3.5, "initial step length").
    static double following(LinePoint const& here, LinePoint const& last) {
        return last.step * std::min(last.slope / here.slope, 100.0);
    }

    DescentOptions options_;
    std::vector<double> rates_;
    Set origin_;    // the parameters before this chunk
    Set start_;     // the parameters where a search begins
    Set direction_; // of the search
    Set slope_;     // the gradient at `start_`
    Set kept_;      // the gradient at the best trial of the search; between searches, that where the last one began
    Set trial_;     // the gradient at a trial
    std::uint64_t evaluations_ = 0;
    double first_step_ = 0;
};

/// The session of an optimizer that descends so; those of single optimizers override `minimise`.
template <std::floating_point T>
class DescentSession : public OptimizerSession<T> {
  public:
    DescentSession(DescentOptions options, AnyParametric<T> const& model) : descent_{std::move(options), model} {}

    [[nodiscard]] bool searches() const noexcept final { return true; }
    /// @throws ValueError always: a search needs the loss as a function of the parameters, see `minimise`.
    void step(AnyParametric<T>&, ParameterSet<T>&, Clock const&, Executor&) final;
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const final {
        return descent_.frozen(layer, clock);
    }
    void archive(Archive& archive) final { descent_.archive(archive); }

    /// Losses computed since the session began.
    [[nodiscard]] std::uint64_t evaluations() const noexcept { return descent_.evaluations(); }

  protected:
    Descent<T> descent_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/descent.hpp>
#endif
