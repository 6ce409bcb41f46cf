// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Adaptive moment estimation.

#include <boltz/concepts.hpp>
#include <boltz/detail/adam_step.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/schedule.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace boltz {

/// Adam (Kingma & Ba 2015, algorithm 1), ascending: with g = gradient - decay * weight,
/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
/// parameter += rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon), t the number of updates.
///
/// A step is about as large as the rate, whatever the scale of the gradient. The decay is an L2 penalty that enters
/// g, not decoupled from it. Memory of two numbers a parameter; one pass over each; nothing is allocated.
struct Adam {
    Schedule learning_rate = 0.001; ///< for weights and biases
    double first_decay = 0.9;       ///< b1, in [0, 1)
    double second_decay = 0.999;    ///< b2, in [0, 1)
    double epsilon = 1e-8;          ///< positive; bounds the steps where gradients vanish
    double weight_decay = 0.0;      ///< L2: subtracts this times the weight from the gradient of weights
    double unit_rate = 0.1;         ///< rate of the units' own parameters, as a share of `learning_rate`
    LayerRates layer_rates{};       ///< multipliers of the rate of single layers; 0 freezes one

    template <Parametric M>
    class Session;

    /// @throws ValueError if a field is out of range.
    template <Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        for (auto const& [value, name] :
             {std::pair{first_decay, "first_decay"}, std::pair{second_decay, "second_decay"}})
            if (!(value >= 0 && value < 1))
                detail::fail<ValueError>("Adam: ", name, " is ", value, ", but must lie in [0, 1)");
        if (!(epsilon > 0)) detail::fail<ValueError>("Adam: epsilon is ", epsilon, ", but must be positive");
        if (!(weight_decay >= 0))
            detail::fail<ValueError>("Adam: weight_decay is ", weight_decay, ", but must not be negative");
        if (!(unit_rate >= 0))
            detail::fail<ValueError>("Adam: unit_rate is ", unit_rate, ", but must not be negative");
        if (double const rate = learning_rate(Clock{}); !(rate >= 0 && std::isfinite(rate)))
            detail::fail<ValueError>("Adam: learning_rate starts at ", rate, ", but must be finite and not negative");
        detail::check_layer_rates(layer_rates, "Adam");
        return Session<M>{*this, model};
    }
};

/// The moments, and a factor of the rate that is lowered in the course of a training.
template <Parametric M>
class Adam::Session {
  public:
    Session(Adam const& policy, M const& model)
        : policy_{policy}, mean_{model.make_gradient()}, square_{model.make_gradient()} {}

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        model.for_each_parameter(
            [&](Parameter parameter, auto values, auto mean, auto square, auto slope) {
                executor.for_each_block(values.size(), share, [&](std::size_t first, std::size_t count) {
                    move(parameter, values.subspan(first, count), mean.subspan(first, count),
                         square.subspan(first, count), slope.subspan(first, count), clock);
                });
            },
            mean_, square_, gradient);
    }

    /// Moves some rows of a weight matrix; for different rows, by several threads at once.
    void step_weights(M& model, typename M::Gradient& gradient, Clock const& clock, WeightRows const& rows) {
        model.for_each_weight(rows, by_parts(clock), mean_, square_, gradient);
    }

    /// Moves all parameters but the weights.
    void step_but_weights(M& model, typename M::Gradient& gradient, Clock const& clock) {
        model.for_each_but_weights(by_parts(clock), mean_, square_, gradient);
    }

    /// Multiplies all rates by `factor` from now on.
    void scale_rate(double factor) noexcept { rate_factor_ *= factor; }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("mean", mean_);
        archive.nested("square", square_);
        archive("rate_factor", rate_factor_);
    }

  private:
    auto by_parts(Clock const& clock) {
        return [this, &clock](Parameter parameter, auto values, auto mean, auto square, auto slope) {
            this->move(parameter, values, mean, square, slope, clock);
        };
    }

    // Moments of a frozen layer go on, so that its first steps are not those of a stranger.
    template <class T>
    void move(Parameter parameter, std::span<T> values, std::span<T> mean, std::span<T> square, std::span<T> slope,
              Clock const& clock) const {
        double const updates = static_cast<double>(clock.update) + 1;
        double const unbiased_square = std::sqrt(1 - std::pow(policy_.second_decay, updates));
        double const own = parameter.kind == ParameterKind::of_unit ? policy_.unit_rate : 1.0;
        double const rate = policy_.learning_rate(clock) * rate_factor_ * own *
                            detail::layer_rate(policy_.layer_rates, parameter, clock);
        double const decay = parameter.kind == ParameterKind::weight ? policy_.weight_decay : 0.0;
        detail::adam_update(
            values.data(), mean.data(), square.data(), slope.data(), values.size(),
            {.first_decay = static_cast<T>(policy_.first_decay),
             .second_decay = static_cast<T>(policy_.second_decay),
             .rate = static_cast<T>(rate * unbiased_square / (1 - std::pow(policy_.first_decay, updates))),
             .epsilon = static_cast<T>(policy_.epsilon * unbiased_square),
             .decay = static_cast<T>(decay)});
    }

    // Numbers one worker updates at a time: enough to pay for handing it out.
    static constexpr std::size_t share = 65536;

    Adam policy_;
    typename M::Gradient mean_;
    typename M::Gradient square_;
    double rate_factor_ = 1;
};

} // namespace boltz
