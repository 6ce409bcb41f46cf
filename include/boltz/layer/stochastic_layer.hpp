// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A layer of units of one kind.

#include <boltz/concepts.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>

#include <xtensor/xbuilder.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace boltz {

/// A number of units of one kind, with a bias for each; `T` is the type of all its numbers.
///
/// `StochasticLayer<Bernoulli>{500}`, `StochasticLayer<Multinomial, double>{10}`, `StochasticLayer<Gaussian>{3072}`.
/// Biases start at 0.
template <class U, std::floating_point T = float>
    requires concepts::Unit<U, T>
class StochasticLayer {
  public:
    using unit_type = U;
    using value_type = T;

    /// @throws ValueError if `size` is 0; ShapeError if the unit was made for another size.
    explicit StochasticLayer(std::size_t size, U unit = U{}) requires std::default_initializable<U>
        : StochasticLayer{xt::zeros<T>({size}), std::move(unit)} {}

    /// @throws ValueError if `bias` is empty; ShapeError if the unit was made for another size.
    StochasticLayer(Vector<T> bias, U unit) : unit_{std::move(unit)}, bias_{std::move(bias)} {
        if (bias_.size() == 0) detail::fail<ValueError>("StochasticLayer: size is 0, but must be at least 1");
        detail::prepare(unit_, bias_.size());
    }

    [[nodiscard]] std::size_t size() const noexcept { return bias_.size(); }
    [[nodiscard]] U& unit() noexcept { return unit_; }
    [[nodiscard]] U const& unit() const noexcept { return unit_; }
    [[nodiscard]] Vector<T>& bias() noexcept { return bias_; }
    [[nodiscard]] Vector<T> const& bias() const noexcept { return bias_; }

  private:
    U unit_;
    Vector<T> bias_;
};

} // namespace boltz
