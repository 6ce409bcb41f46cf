// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A layer whose kind of units is found out when the program runs.

#include <boltz/layer/any_layer.hpp>
#include <boltz/unit/any_joint_unit.hpp>
#include <boltz/unit/any_unit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace boltz {

/// A layer whose kind of units is found out when the program runs, as that of a file.
template <std::floating_point T>
class RunTimeLayer : public AnyLayer<T> {
  public:
    /// @throws ValueError if `bias` is empty; ShapeError if the unit was made for another size.
    RunTimeLayer(Vector<T> bias, std::unique_ptr<AnyUnit<T>> unit)
        : AnyLayer<T>{std::move(bias)}, unit_{std::move(unit)} {
        unit_->prepare(this->size());
    }
    RunTimeLayer(RunTimeLayer const& other) : AnyLayer<T>{other}, unit_{other.unit_->clone()} {}
    RunTimeLayer(RunTimeLayer&&) noexcept = default;
    RunTimeLayer& operator=(RunTimeLayer other) noexcept {
        std::swap(this->bias(), other.bias());
        std::swap(unit_, other.unit_);
        return *this;
    }
    ~RunTimeLayer() override = default;
    [[nodiscard]] std::unique_ptr<AnyLayer<T>> clone() const override {
        return std::make_unique<RunTimeLayer>(*this);
    }

    /// Layers side by side, used as one: a `JointLayer` of copies.
    [[nodiscard]] static RunTimeLayer joint(std::vector<AnyLayer<T> const*> const& parts) {
        std::vector<std::unique_ptr<AnyUnit<T>>> units;
        std::vector<std::size_t> sizes;
        std::size_t size = 0;
        for (auto const* part : parts) {
            units.push_back(part->unit().clone());
            sizes.push_back(part->size());
            size += part->size();
        }
        Vector<T> bias = zero_vector<T>(size);
        auto* next = bias.data();
        for (auto const* part : parts) next = std::copy(part->bias().begin(), part->bias().end(), next);
        return {std::move(bias), std::make_unique<AnyJointUnit<T>>(std::move(units), std::move(sizes))};
    }

  private:
    AnyUnit<T>* any_unit() noexcept override { return unit_.get(); }

    std::unique_ptr<AnyUnit<T>> unit_;
};

} // namespace boltz
