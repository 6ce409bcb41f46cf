// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What optimizers that move each parameter by itself have in common.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

namespace boltz::detail {

/// Refuses rates and a decay that an optimizer cannot begin with.
/// @throws ValueError
template <class Policy, concepts::Parametric M>
void check_rates(Policy const& policy, std::string_view name, M const& model) {
    for (auto const& [value, field] :
         {std::pair{policy.weight_decay, "weight_decay"}, std::pair{policy.unit_rate, "unit_rate"}})
        if (!(value >= 0 && std::isfinite(value)))
            fail<ValueError>(name, ": ", field, " is ", value, ", but must be finite and not negative");
    if (double const rate = policy.learning_rate(Clock{}); !(rate >= 0 && std::isfinite(rate)))
        fail<ValueError>(name, ": learning_rate starts at ", rate, ", but must be finite and not negative");
    check_layer_rates(policy.layer_rates, name, model);
}

/// The session of such an optimizer: `Sets` numbers beside each parameter, and a factor of the rate that is lowered
/// in the course of a training.
///
/// `Derived` has `move(parameter, clock, values, numbers..., slope)` for some of the parameters, all spans of one
/// length, and the names of its numbers in `archive`.
template <class Derived, class Policy, concepts::Parametric M, std::size_t Sets>
class ElementwiseSession {
    using Gradient = typename M::Gradient;

  public:
    ElementwiseSession(Policy const& policy, M const& model) : policy_{policy} { sets_.fill(model.make_gradient()); }

    void step(M& model, Gradient& gradient, Clock const& clock, Executor& executor) {
        with_sets([&](auto&... sets) {
            model.for_each_parameter(
                [&](Parameter parameter, auto values, auto... others) {
                    executor.for_each_block(values.size(), share, [&](std::size_t first, std::size_t count) {
                        derived().move(parameter, clock, values.subspan(first, count),
                                       others.subspan(first, count)...);
                    });
                },
                sets..., gradient);
        });
    }

    /// Moves some rows of a weight matrix; for different rows, by several threads at once.
    void step_weights(M& model, Gradient& gradient, Clock const& clock, WeightRows const& rows) {
        with_sets([&](auto&... sets) { model.for_each_weight(rows, by_parts(clock), sets..., gradient); });
    }

    /// Moves all parameters but the weights.
    void step_but_weights(M& model, Gradient& gradient, Clock const& clock) {
        with_sets([&](auto&... sets) { model.for_each_but_weights(by_parts(clock), sets..., gradient); });
    }

    /// Whether nothing of a layer moves now, as its multiplier is 0.
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const {
        return layer_rate(policy_.layer_rates, layer, clock) == 0;
    }

    /// Multiplies all rates by `factor` from now on.
    void scale_rate(double factor) noexcept { rate_factor_ *= factor; }

  protected:
    /// The rate of a parameter now; 0 in a frozen layer.
    [[nodiscard]] double rate(Parameter parameter, Clock const& clock) const noexcept {
        double const own = parameter.kind == ParameterKind::of_unit ? policy_.unit_rate : 1.0;
        return policy_.learning_rate(clock) * rate_factor_ * layer_rate(policy_.layer_rates, parameter.layer, clock) *
               own;
    }
    /// The decay of a parameter: weights have one, nothing else has.
    [[nodiscard]] double decay(Parameter parameter) const noexcept {
        return parameter.kind == ParameterKind::weight ? policy_.weight_decay : 0.0;
    }

    Policy policy_;
    std::array<Gradient, Sets> sets_;
    double rate_factor_ = 1;

  private:
    [[nodiscard]] Derived const& derived() const noexcept { return static_cast<Derived const&>(*this); }

    auto by_parts(Clock const& clock) const {
        return
            [this, &clock](Parameter parameter, auto... spans) { this->derived().move(parameter, clock, spans...); };
    }

    template <class F>
    void with_sets(F&& f) {
        std::apply(f, sets_);
    }

    // Numbers one worker updates at a time: enough to pay for handing it out.
    static constexpr std::size_t share = 65536;
};

} // namespace boltz::detail
