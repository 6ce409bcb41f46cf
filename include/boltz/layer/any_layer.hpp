// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A layer of units of any kind.

#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>

namespace boltz {

/// A layer whose kind of units is known when the program runs: a number of units with a bias for each. What a
/// `BoltzmannMachine` is made of. `StochasticLayer` is one whose kind is known when the program is compiled.
template <std::floating_point T>
class AnyLayer {
  public:
    using value_type = T;

    virtual ~AnyLayer() = default;
    [[nodiscard]] virtual std::unique_ptr<AnyLayer> clone() const = 0;
    [[nodiscard]] std::size_t size() const noexcept { return bias_.size(); }
    /// One number a unit. Replace its values, not its size.
    [[nodiscard]] Vector<T>& bias() noexcept { return bias_; }
    [[nodiscard]] Vector<T> const& bias() const noexcept { return bias_; }
    [[nodiscard]] AnyUnit<T>& unit() noexcept { return *any_unit(); }
    [[nodiscard]] AnyUnit<T> const& unit() const noexcept { return *const_cast<AnyLayer*>(this)->any_unit(); }

  protected:
    /// @throws ValueError if there are no units.
    explicit AnyLayer(Vector<T> bias);
    AnyLayer(AnyLayer const&) = default;
    AnyLayer(AnyLayer&&) noexcept = default;
    AnyLayer& operator=(AnyLayer const&) = default;
    AnyLayer& operator=(AnyLayer&&) noexcept = default;

  private:
    virtual AnyUnit<T>* any_unit() noexcept = 0;

    Vector<T> bias_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/layer/any_layer.hpp>
#endif
