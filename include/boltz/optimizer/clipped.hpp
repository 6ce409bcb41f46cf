// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gradients of bounded length.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/reductions.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/adaptor.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace boltz {

/// Another optimizer, whose gradient is scaled down to the length `norm` where it is longer (Pascanu, Mikolov &
/// Bengio 2013): the Euclidean norm over all parameters, summed in double precision. Two passes over the gradient.
/// One that is not finite is passed on as it is.
template <class Optimization>
struct Clipped {
    Optimization optimizer{};
    double norm = 1.0; ///< the greatest length, positive

    template <concepts::Parametric M>
    class Session;

    /// @throws ValueError if `norm` is not positive, or as the inner optimizer's `bind`.
    template <concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (!(norm > 0)) detail::fail<ValueError>("Clipped: norm is ", norm, ", but must be positive");
        return Session<M>{*this, model};
    }
};

template <class Optimization>
Clipped(Optimization) -> Clipped<Optimization>;
template <class Optimization>
Clipped(Optimization, double) -> Clipped<Optimization>;

/// The inner optimizer's session.
template <class Optimization>
template <concepts::Parametric M>
class Clipped<Optimization>::Session : public detail::OptimizerWrapper<Optimization, M> {
    using Wrapper = detail::OptimizerWrapper<Optimization, M>;
    using Wrapper::inner_;

  public:
    Session(Clipped const& policy, M const& model) : Wrapper{policy.optimizer, model}, norm_{policy.norm} {}

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        double squares = 0;
        model.for_each_parameter(
            [&](auto, auto, auto slope) { squares += detail::dot(slope.data(), slope.data(), slope.size()); },
            gradient);
        if (double const length = std::sqrt(squares); length > norm_ && std::isfinite(length))
            model.for_each_parameter(
                [&]<class T>(auto, auto, std::span<T> slope) {
                    detail::scale(slope.data(), slope.size(), static_cast<T>(norm_ / length));
                },
                gradient);
        inner_.step(model, gradient, clock, executor);
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("inner", inner_);
    }

  private:
    double norm_;
};

} // namespace boltz
