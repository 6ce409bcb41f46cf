// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Stochastic gradient ascent with momentum.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/schedule.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace boltz {

/// Stochastic gradient ascent with momentum in its classic form and decay of weights:
/// velocity = momentum * velocity + rate * (gradient - decay * weight), weight += velocity.
///
/// Biases do not decay; what units learn of their own (log precisions) has a rate of its own, smaller by default as
/// it is stiffer. One pass over each parameter; nothing is allocated.
struct Sgd {
    Schedule learning_rate = 0.05; ///< for weights and biases
    Schedule momentum = 0.0;       ///< in [0, 1); 0.9 keeps a velocity for about ten updates
    double weight_decay = 0.0;     ///< L2: subtracts this times the weight from the gradient of weights
    double unit_rate = 0.1;        ///< rate of the units' own parameters, as a share of `learning_rate`
    LayerRates layer_rates{};      ///< multipliers of the rate of single layers; 0 freezes one

    template <Parametric M>
    class Session;

    /// @throws ValueError if `weight_decay` or `unit_rate` is negative.
    template <Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (!(weight_decay >= 0))
            detail::fail<ValueError>("Sgd: weight_decay is ", weight_decay, ", but must not be negative");
        if (!(unit_rate >= 0))
            detail::fail<ValueError>("Sgd: unit_rate is ", unit_rate, ", but must not be negative");
        if (double const rate = learning_rate(Clock{}); !(rate >= 0 && std::isfinite(rate)))
            detail::fail<ValueError>("Sgd: learning_rate starts at ", rate, ", but must be finite and not negative");
        if (double const inertia = momentum(Clock{}); !(inertia >= 0 && inertia < 1))
            detail::fail<ValueError>("Sgd: momentum starts at ", inertia, ", but must lie in [0, 1)");
        detail::check_layer_rates(layer_rates, "Sgd");
        return Session<M>{*this, model};
    }
};

/// The velocities, and a factor of the rate that is lowered in the course of a training.
template <Parametric M>
class Sgd::Session {
  public:
    Session(Sgd const& policy, M const& model) : policy_{policy}, velocity_{model.make_gradient()} {}

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        model.for_each_parameter(
            [&](Parameter kind, auto values, auto velocity, auto slope) {
                executor.for_each_block(values.size(), share, [&](std::size_t first, std::size_t count) {
                    move(kind, values.subspan(first, count), velocity.subspan(first, count),
                         slope.subspan(first, count), clock);
                });
            },
            velocity_, gradient);
    }

    /// Moves some rows of a weight matrix; for different rows, by several threads at once.
    void step_weights(M& model, typename M::Gradient& gradient, Clock const& clock, WeightRows const& rows) {
        model.for_each_weight(rows, by_parts(clock), velocity_, gradient);
    }

    /// Moves all parameters but the weights.
    void step_but_weights(M& model, typename M::Gradient& gradient, Clock const& clock) {
        model.for_each_but_weights(by_parts(clock), velocity_, gradient);
    }

    /// Multiplies all rates by `factor` from now on.
    void scale_rate(double factor) noexcept { rate_factor_ *= factor; }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("velocity", velocity_);
        archive("rate_factor", rate_factor_);
    }

  private:
    auto by_parts(Clock const& clock) {
        return [this, &clock](Parameter kind, auto values, auto velocity, auto slope) {
            this->move(kind, values, velocity, slope, clock);
        };
    }

    template <class T>
    void move(Parameter parameter, std::span<T> values, std::span<T> velocity, std::span<T> slope,
              Clock const& clock) const {
        double const multiplier = detail::layer_rate(policy_.layer_rates, parameter, clock);
        if (multiplier == 0) return;
        double const rate = policy_.learning_rate(clock) * rate_factor_ * multiplier;
        double const own = parameter.kind == ParameterKind::of_unit ? rate * policy_.unit_rate : rate;
        double const decay = parameter.kind == ParameterKind::weight ? policy_.weight_decay : 0.0;
        detail::momentum_update(values.data(), velocity.data(), slope.data(), values.size(),
                                static_cast<T>(policy_.momentum(clock)), static_cast<T>(own), static_cast<T>(decay));
    }

    // Numbers one worker updates at a time: enough to pay for handing it out.
    static constexpr std::size_t share = 65536;

    Sgd policy_;
    typename M::Gradient velocity_;
    double rate_factor_ = 1;
};

} // namespace boltz
