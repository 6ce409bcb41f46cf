// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A field with scaled natural parameters.

#include <boltz/any_field.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>

#include <cstddef>
#include <utility>
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
    Scaled(AnyField<T> const& field, LayerFactors factors) : field_{&field}, factors_{std::move(factors)} {
        if (factors_.size() != field.layers())
            detail::fail<ShapeError>("Scaled: there are factors for ", factors_.size(), " layers, but the field has ",
                                     field.layers());
        parts_.resize(factors_.size());
        for (std::size_t l = 0; l < factors_.size(); ++l) {
            auto const description = field.unit(l).describe(field.sizes()[l]);
            std::size_t const parts = description.parts.empty() ? 1 : description.parts.size();
            if (factors_[l].size() != 1 && factors_[l].size() != parts)
                detail::fail<ShapeError>("Scaled: layer ", l, " has ", parts, " parts, but ", factors_[l].size(),
                                         " factors");
            for (double const factor : factors_[l])
                if (factor == 0) detail::fail<ValueError>("Scaled: a factor of layer ", l, " is 0");
            if (factors_[l].size() == 1) continue;
            std::size_t first = 0;
            for (std::size_t p = 0; p < parts; ++p) {
                parts_[l].push_back({first, description.parts[p].size, factors_[l][p]});
                first += description.parts[p].size;
            }
        }
    }
    [[nodiscard]] LayerGraph const& graph() const noexcept override { return field_->graph(); }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return field_->unit(layer); }
    [[nodiscard]] std::string description() const override { return field_->description(); }
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override {
        if (parts_[layer].empty()) {
            Factors scaled = factors;
            double const f = factors_[layer][0];
            scaled.below *= f;
            scaled.above *= f;
            scaled.bias *= f;
            return field_->input(layer, states, out, scaled);
        }
        // What is kept must not be multiplied a second time.
        if (factors.keep != 0)
            for (Part const& part : parts_[layer]) multiply(out, part, 1 / part.factor);
        field_->input(layer, states, out, factors);
        for (Part const& part : parts_[layer]) multiply(out, part, part.factor);
    }

  private:
    struct Part {
        std::size_t first;
        std::size_t columns;
        double factor;
    };
    static void multiply(Block<T> block, Part const& part, double factor) {
        detail::scale_rows(block.column_range(part.first, part.columns), static_cast<T>(factor));
    }

    AnyField<T> const* field_;
    LayerFactors factors_;
    std::vector<std::vector<Part>> parts_; // of layers with a factor a part
};

template <class F>
Scaled(F const&, LayerFactors) -> Scaled<typename F::value_type>;

} // namespace boltz
