// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Stochastic gradient ascent with momentum.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/elementwise_session.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/schedule.hpp>

#include <concepts>
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

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if a field is out of range or there are more `layer_rates` than layers.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyParametric<T> const& model) const;
};

/// The velocities.
template <std::floating_point T>
class Sgd::Session final : public detail::ElementwiseSession<Sgd::Session<T>, Sgd, T, 1> {
    using Base = detail::ElementwiseSession<Session, Sgd, T, 1>;
    friend Base;

  public:
    using Base::Base;

    void archive(Archive& archive) override;

  private:
    // A frozen layer keeps its velocity.
    template <class N>
    void move(Parameter parameter, Clock const& clock, std::span<N> values, std::span<N> velocity,
              std::span<N> slope) const {
        if (this->frozen(parameter.layer, clock)) return;
        detail::momentum_update(values.data(), velocity.data(), slope.data(), values.size(),
                                static_cast<N>(this->policy_.momentum(clock)),
                                static_cast<N>(this->rate(parameter, clock)), static_cast<N>(this->decay(parameter)));
    }
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
namespace boltz {

extern template class detail::ElementwiseSession<Sgd::Session<float>, Sgd, float, 1>;
extern template class detail::ElementwiseSession<Sgd::Session<double>, Sgd, double, 1>;
extern template class Sgd::Session<float>;
extern template class Sgd::Session<double>;

} // namespace boltz
#else
#include <boltz/impl/optimizer/sgd.hpp>
#endif
