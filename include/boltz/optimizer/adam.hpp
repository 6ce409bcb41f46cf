// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Adaptive moment estimation.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/detail/adam_step.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/elementwise_session.hpp>
#include <boltz/optimizer/layer_rates.hpp>
#include <boltz/schedule.hpp>

#include <cmath>
#include <concepts>
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

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if a field is out of range or there are more `layer_rates` than layers.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyParametric<T> const& model) const;
};

/// The moments.
template <std::floating_point T>
class Adam::Session final : public detail::ElementwiseSession<Adam::Session<T>, Adam, T, 2> {
    using Base = detail::ElementwiseSession<Session, Adam, T, 2>;
    friend Base;

  public:
    using Base::Base;

    void archive(Archive& archive) override;

  private:
    // Moments are updated while a layer is frozen, so that its first steps afterwards are well scaled.
    template <class N>
    void move(Parameter parameter, Clock const& clock, std::span<N> values, std::span<N> mean, std::span<N> square,
              std::span<N> slope) const {
        Adam const& policy = this->policy_;
        double const updates = static_cast<double>(clock.update) + 1;
        double const unbiased_square = std::sqrt(1 - std::pow(policy.second_decay, updates));
        double const unbiased_mean = 1 - std::pow(policy.first_decay, updates);
        detail::adam_update(values.data(), mean.data(), square.data(), slope.data(), values.size(),
                            {.first_decay = static_cast<N>(policy.first_decay),
                             .second_decay = static_cast<N>(policy.second_decay),
                             .rate = static_cast<N>(this->rate(parameter, clock) * unbiased_square / unbiased_mean),
                             .epsilon = static_cast<N>(policy.epsilon * unbiased_square),
                             .decay = static_cast<N>(this->decay(parameter))});
    }
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
namespace boltz {

extern template class detail::ElementwiseSession<Adam::Session<float>, Adam, float, 2>;
extern template class detail::ElementwiseSession<Adam::Session<double>, Adam, double, 2>;
extern template class Adam::Session<float>;
extern template class Adam::Session<double>;

} // namespace boltz
#else
#include <boltz/impl/optimizer/adam.hpp>
#endif
