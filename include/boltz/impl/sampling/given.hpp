// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/given.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
Given<T>::Given(AnyField<T> const& field, std::size_t cases)
    : cases_{cases}, sizes_{field.sizes()}, values_(sizes_.size()), masks_(sizes_.size()) {
    if (cases == 0) detail::fail<ValueError>("Given: cases is 0, but must be at least 1");
    static_cast<void>(detail::rows_of_states("Given", {cases, "cases"}, {1, "copy"}, sizes_));
}

template <std::floating_point T>
Given<T>& Given<T>::clamp(std::size_t layer, Block<T const> values) {
    check(layer, values, cases_);
    for_each_unit(layer, values, [](std::size_t, std::size_t) { return true; });
    return *this;
}

template <std::floating_point T>
Given<T>& Given<T>::clamp(std::size_t layer, Block<T const> values, Block<T const> mask) {
    check(layer, values, cases_);
    if (mask.columns != sizes_[layer] || (mask.rows != 1 && mask.rows != cases_))
        detail::fail<ShapeError>("Given::clamp: mask is ", mask.rows, " x ", mask.columns, ", but layer ", layer,
                                 " has ", sizes_[layer], " units in ", cases_, " cases");
    for (std::size_t i = 0; i < mask.rows; ++i)
        for (std::size_t j = 0; j < mask.columns; ++j)
            if (mask(i, j) != 0 && mask(i, j) != 1)
                detail::fail<ValueError>("Given::clamp: mask holds ", mask(i, j), " in row ", i, ", column ", j,
                                         ", but must be 0 or 1");
    bool const one = mask.rows == 1;
    for_each_unit(layer, values, [&](std::size_t i, std::size_t j) { return mask(one ? 0 : i, j) != 0; });
    return *this;
}

template <std::floating_point T>
Given<T>& Given<T>::clamp_columns(std::size_t layer, std::size_t first, Block<T const> values) {
    check_layer(layer);
    if (values.rows != cases_ || first > sizes_[layer] || values.columns > sizes_[layer] - first)
        detail::fail<ShapeError>("Given::clamp_columns: values is ", values.rows, " x ", values.columns,
                                 " from unit ", first, " on, but layer ", layer, " has ", sizes_[layer], " units in ",
                                 cases_, " cases");
    require(layer);
    for (std::size_t i = 0; i < cases_; ++i)
        for (std::size_t j = 0; j < values.columns; ++j) set(layer, i, first + j, values(i, j));
    return *this;
}

template <std::floating_point T>
Given<T> Given<T>::repeated(std::size_t copies) const {
    Given result = *this;
    result.cases_ = detail::rows_of_states("Given", {cases_, "cases"}, {copies, "copies"}, sizes_);
    for (std::size_t l = 0; l < sizes_.size(); ++l) {
        if (masks_[l].size() == 0) continue;
        for (auto const member : {&Given::values_, &Given::masks_}) {
            auto& rows = (result.*member)[l];
            rows = zero_matrix<T>(result.cases_, sizes_[l]);
            for (std::size_t i = 0; i < result.cases_; ++i)
                copy<T>(Block<T const>{(this->*member)[l]}.row_range(i / copies, 1), Block{rows}.row_range(i, 1));
        }
    }
    return result;
}

template <std::floating_point T>
Clamps<T> Given<T>::clamps() const {
    LayerSet whole;
    for (std::size_t l = 0; l < sizes_.size(); ++l)
        if (masks_[l].size() > 0)
            whole.set(l, std::all_of(masks_[l].begin(), masks_[l].end(), [](T m) { return m != 0; }));
    return {masks_, whole};
}

template <std::floating_point T>
void Given<T>::write(StatesView<T> states) const noexcept {
    for (std::size_t l = 0; l < sizes_.size(); ++l)
        if (masks_[l].size() > 0)
            for (std::size_t i = 0; i < cases_; ++i)
                for (std::size_t j = 0; j < sizes_[l]; ++j)
                    if (masks_[l](i, j) != 0) states[l](i, j) = values_[l](i, j);
}

template <std::floating_point T>
void Given<T>::check_layer(std::size_t layer) const {
    if (layer >= sizes_.size())
        detail::fail<ValueError>("Given::clamp: layer is ", layer, ", but the model has ", sizes_.size(), " layers");
}

template <std::floating_point T>
void Given<T>::check(std::size_t layer, Block<T const> values, std::size_t rows) const {
    check_layer(layer);
    if (values.rows != rows || values.columns != sizes_[layer])
        detail::fail<ShapeError>("Given::clamp: values is ", values.rows, " x ", values.columns, ", but layer ",
                                 layer, " has ", sizes_[layer], " units in ", rows, " cases");
}

template <std::floating_point T>
void Given<T>::require(std::size_t layer) {
    if (masks_[layer].size() > 0) return;
    values_[layer] = zero_matrix<T>(cases_, sizes_[layer]);
    masks_[layer] = zero_matrix<T>(cases_, sizes_[layer]);
}

template <std::floating_point T>
void Given<T>::set(std::size_t layer, std::size_t row, std::size_t column, T value) noexcept {
    values_[layer](row, column) = value;
    masks_[layer](row, column) = 1;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class Given<T>;
#include <boltz/detail/instantiate.hpp>
