// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A layer whose kind of units is found out when the program runs.

#include <boltz/layer/any_layer.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <memory>
#include <vector>

namespace boltz {

/// A layer whose kind of units is found out when the program runs, as that of a file.
template <std::floating_point T>
class RunTimeLayer : public AnyLayer<T> {
  public:
    /// @throws ValueError if `bias` is empty; ShapeError if the unit was made for another size.
    RunTimeLayer(Vector<T> bias, std::unique_ptr<AnyUnit<T>> unit);
    RunTimeLayer(RunTimeLayer const& other) : AnyLayer<T>{other}, unit_{other.unit_->clone()} {}
    RunTimeLayer(RunTimeLayer&&) noexcept = default;
    RunTimeLayer& operator=(RunTimeLayer other) noexcept;
    ~RunTimeLayer() override = default;
    [[nodiscard]] std::unique_ptr<AnyLayer<T>> clone() const override {
        return std::make_unique<RunTimeLayer>(*this);
    }

    /// Layers side by side, used as one: a `JointLayer` of copies.
    [[nodiscard]] static RunTimeLayer joint(std::vector<AnyLayer<T> const*> const& parts);

  private:
    AnyUnit<T>* any_unit() noexcept override { return unit_.get(); }

    std::unique_ptr<AnyUnit<T>> unit_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/layer/run_time_layer.hpp>
#endif
