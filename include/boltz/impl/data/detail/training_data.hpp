// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/data/detail/training_data.hpp>

#include <boltz/any_field.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string data_of_layer(std::string_view function, std::size_t layer) {
    return std::string{function} + ": data of layer " + std::to_string(layer);
}

template <std::floating_point T>
TrainingData<T>::TrainingData(TrainingData const& other, AnySource<T> const& source, std::size_t layer)
    : most_rows_{other.most_rows_} {
    for (Part const& part : other.parts_) parts_.push_back({part.layer, nullptr, part.source});
    parts_.push_back({layer, nullptr, &source});
}

template <std::floating_point T>
Binarisation TrainingData<T>::binarisation() const {
    auto const* const visible = find(0);
    return visible != nullptr ? visible->binarisation() : Binarisation::none;
}

template <std::floating_point T>
LayerSet TrainingData<T>::observed() const noexcept {
    LayerSet result;
    for (Part const& part : parts_) result.set(part.layer);
    return result;
}

template <std::floating_point T>
AnySource<T> const& TrainingData<T>::source(std::size_t layer) const {
    auto const* const found = find(layer);
    if (found == nullptr) fail<ValueError>("data: there is none on layer ", layer);
    return *found;
}

template <std::floating_point T>
void TrainingData<T>::load(std::span<std::size_t const> indices, StatesView<T> states, Draws const& draws) const {
    for (Part const& part : parts_) part.source->load(indices, states[part.layer], draws.stream(part.layer));
}

template <std::floating_point T>
void TrainingData<T>::load_means(std::span<std::size_t const> indices, StatesView<T> states,
                                 Draws const& draws) const {
    for (Part const& part : parts_) part.source->load_means(indices, states[part.layer], draws.stream(part.layer));
}

template <std::floating_point T>
AnySource<T> const* TrainingData<T>::find(std::size_t layer) const noexcept {
    for (Part const& part : parts_)
        if (part.layer == layer) return part.source;
    return nullptr;
}

template <std::floating_point T>
void TrainingData<T>::check(AnyField<T> const& field, std::string_view function, Draws const& draws) const {
    for (Part const& part : parts_) {
        if (part.layer >= field.layers())
            fail<ValueError>(function, ": there is data on layer ", part.layer, ", but the model has ",
                             field.layers(), " layers");
        check_layer(part.layer, field.unit(part.layer), field.sizes()[part.layer], function, draws);
    }
}

template <std::floating_point T>
void TrainingData<T>::check_layer(std::size_t layer, AnyUnit<T> const& unit, std::size_t units,
                                  std::string_view function, Draws const& draws) const {
    if (rows() == 0) fail<ValueError>(function, ": data has 0 rows, but needs at least 1");
    AnySource<T> const& data = source(layer);
    if (data.columns() != units)
        fail<ShapeError>(function, ": data has ", data.columns(), " columns, but layer ", layer, " has ", units,
                         " units");
    unit.check_size(units);
    constexpr std::size_t step = 64;
    Matrix<T> rows_read = zero_matrix<T>(std::min(step, rows()), units);
    std::vector<std::size_t> indices(rows_read.shape(0));
    std::string const argument = data_of_layer(function, layer);
    for (std::size_t first = 0; first < rows(); first += step) {
        std::size_t const count = std::min(step, rows() - first);
        std::iota(indices.begin(), indices.end(), first);
        Block<T> const block = Block{rows_read}.row_range(0, count);
        data.load(std::span<std::size_t const>{indices.data(), count}, block, draws.stream(layer).from_row(first));
        unit.validate(block, argument, first);
    }
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class TrainingData<T>;                                                                                  \
    }
#include <boltz/detail/instantiate.hpp>
