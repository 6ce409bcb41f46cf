// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A field with scaled natural parameters.

#include <boltz/any_field.hpp>

#include <cstddef>
#include <vector>

namespace boltz {

/// For each layer, a factor on the natural parameter of each of its parts, or one for the whole layer.
using LayerFactors = std::vector<std::vector<double>>;

/// A field seen through factors: the natural parameters x of each part of each layer become factor * x, bias
/// included.
///
/// Doubled-input pretraining trains an RBM through this view: {{1}, {2}} is the doubled up-pass, {{2}, {1}} the
/// doubled down-pass, and {{2, 1}, {1}} doubles the input of h1 but not that of the labels beside it. No factor may
/// be 0. Refers to the field, which must outlive it.
template <std::floating_point T>
class Scaled final : public AnyField<T> {
  public:
    /// @throws ShapeError if there are not as many layers, or a layer has neither one factor nor one for each of its
    /// parts; ValueError if a factor is 0.
    Scaled(AnyField<T> const& field, LayerFactors factors);
    [[nodiscard]] LayerGraph const& graph() const noexcept override { return field_->graph(); }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return field_->unit(layer); }
    [[nodiscard]] std::string description() const override { return field_->description(); }
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override;

  private:
    struct Part {
        std::size_t first;
        std::size_t columns;
        double factor;
    };
    static void multiply(Block<T> block, Part const& part, double factor);

    AnyField<T> const* field_;
    LayerFactors factors_;
    std::vector<std::vector<Part>> parts_; // of layers with a factor a part
};

template <class F>
Scaled(F const&, LayerFactors) -> Scaled<typename F::value_type>;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/scaled.hpp>
#endif
