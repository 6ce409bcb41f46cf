// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/scaled.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>

#include <cstddef>
#include <utility>

namespace boltz {

template <std::floating_point T>
Scaled<T>::Scaled(AnyField<T> const& field, LayerFactors factors) : field_{&field}, factors_{std::move(factors)} {
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

template <std::floating_point T>
void Scaled<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors) const {
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

template <std::floating_point T>
void Scaled<T>::multiply(Block<T> block, Part const& part, double factor) {
    detail::scale_rows(block.column_range(part.first, part.columns), static_cast<T>(factor));
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class Scaled<T>;
#include <boltz/detail/instantiate.hpp>
