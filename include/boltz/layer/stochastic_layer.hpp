// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A layer of units of one kind.

#include <boltz/concepts.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace boltz {

/// A number of units of one kind, with a bias for each; `T` is the type of all its numbers.
///
/// `StochasticLayer<Bernoulli>{500}`, `StochasticLayer<Multinomial, double>{10}`, `StochasticLayer<Gaussian>{3072}`.
/// Biases start at 0.
template <class U, std::floating_point T = float>
    requires concepts::Unit<U, T>
class StochasticLayer : public AnyLayer<T> {
  public:
    using unit_type = U;
    using value_type = T;

    /// @throws ValueError if `size` is 0; ShapeError if the unit was made for another size.
    explicit StochasticLayer(std::size_t size, U unit = U{}) requires std::default_initializable<U>
        : StochasticLayer{zero_vector<T>(size), std::move(unit)} {}
    /// @throws ValueError if `bias` is empty; ShapeError if the unit was made for another size.
    StochasticLayer(Vector<T> bias, U unit) : AnyLayer<T>{std::move(bias)}, unit_{std::move(unit)} {
        unit_.prepare(this->size());
    }

    [[nodiscard]] U& unit() noexcept { return unit_.unit; }
    [[nodiscard]] U const& unit() const noexcept { return unit_.unit; }
    [[nodiscard]] std::unique_ptr<AnyLayer<T>> clone() const override {
        return std::make_unique<StochasticLayer>(*this);
    }

  private:
    AnyUnit<T>* any_unit() noexcept override { return &unit_; }

    UnitAdapter<U, T> unit_;
};

} // namespace boltz
