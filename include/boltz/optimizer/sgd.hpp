// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Stochastic gradient ascent with momentum.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/elementwise_session.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/schedule.hpp>

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

    template <concepts::Parametric M>
    class Session;

    /// @throws ValueError if a field is out of range or there are more `layer_rates` than layers.
    template <concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        detail::check_rates(*this, "Sgd", model);
        if (double const inertia = momentum(Clock{}); !(inertia >= 0 && inertia < 1))
            detail::fail<ValueError>("Sgd: momentum starts at ", inertia, ", but must lie in [0, 1)");
        return Session<M>{*this, model};
    }
};

/// The velocities.
template <concepts::Parametric M>
class Sgd::Session : public detail::ElementwiseSession<Sgd::Session<M>, Sgd, M, 1> {
    using Base = detail::ElementwiseSession<Session, Sgd, M, 1>;
    friend Base;

  public:
    using Base::Base;

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("velocity", this->sets_[0]);
        archive("rate_factor", this->rate_factor_);
    }

  private:
    // The velocity of a frozen layer waits.
    template <class T>
    void move(Parameter parameter, Clock const& clock, std::span<T> values, std::span<T> velocity,
              std::span<T> slope) const {
        if (this->frozen(parameter.layer, clock)) return;
        detail::momentum_update(values.data(), velocity.data(), slope.data(), values.size(),
                                static_cast<T>(this->policy_.momentum(clock)),
                                static_cast<T>(this->rate(parameter, clock)), static_cast<T>(this->decay(parameter)));
    }
};

} // namespace boltz
