// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What optimizers that move each parameter by itself have in common.

#include <boltz/clock.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/optimizer/optimizer_session.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

namespace boltz::detail {

/// Refuses rates and a decay that an optimizer of a model with so many layers cannot begin with.
/// @throws ValueError
template <class Policy>
void check_rates(Policy const& policy, std::string_view name, std::size_t layers) {
    for (auto const& [value, field] :
         {std::pair{policy.weight_decay, "weight_decay"}, std::pair{policy.unit_rate, "unit_rate"}})
        if (!(value >= 0 && std::isfinite(value)))
            fail<ValueError>(name, ": ", field, " is ", value, ", but must be finite and not negative");
    if (double const rate = policy.learning_rate(Clock{}); !(rate >= 0 && std::isfinite(rate)))
        fail<ValueError>(name, ": learning_rate starts at ", rate, ", but must be finite and not negative");
    check_layer_rates(policy.layer_rates, name, layers);
}

/// The session of such an optimizer: `Sets` numbers beside each parameter, and a factor of the rate that is lowered
/// in the course of a training.
///
/// `Derived` has `move(parameter, clock, values, numbers..., slope)` for some of the parameters, all spans of one
/// length, of T or of double (parameters of units), and the names of its numbers in `archive`.
template <class Derived, class Policy, std::floating_point T, std::size_t Sets>
class ElementwiseSession : public OptimizerSession<T> {
  public:
    ElementwiseSession(Policy const& policy, AnyParametric<T> const& model) : policy_{policy} {
        sets_.fill(model.make_gradient());
    }

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) final {
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

    [[nodiscard]] bool by_parts() const noexcept final { return true; }
    void step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                      WeightRows const& rows) final {
        with_sets([&](auto&... sets) { model.for_each_weight(rows, moves(clock), sets..., gradient); });
    }
    void step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) final {
        with_sets([&](auto&... sets) { model.for_each_but_weights(moves(clock), sets..., gradient); });
    }

    /// Whether nothing of a layer moves now, as its multiplier is 0.
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const final {
        return layer_rate(policy_.layer_rates, layer, clock) == 0;
    }
    [[nodiscard]] bool has_rate() const noexcept final { return true; }
    void scale_rate(double factor) noexcept final { rate_factor_ *= factor; }

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
    std::array<ParameterSet<T>, Sets> sets_;
    double rate_factor_ = 1;

  private:
    [[nodiscard]] Derived const& derived() const noexcept { return static_cast<Derived const&>(*this); }

    auto moves(Clock const& clock) const {
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
