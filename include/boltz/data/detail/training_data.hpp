// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The cases of a training or an evaluation, as algorithms see them.

#include <boltz/any_field.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz::detail {

// Out of line, as each check of data names its layer.
[[nodiscard]] std::string data_of_layer(std::string_view function, std::size_t layer);

/// Data on one or several layers, whatever its sources: what a user passes, for the time of a call.
template <std::floating_point T>
class TrainingData {
  public:
    /// Refers to `data`: a source or a matrix for layer 0, or what `on_layers` gives.
    template <class D>
    explicit TrainingData(D const& data) {
        if constexpr (NamesLayers<D>)
            data.for_each([&](auto const& source, std::size_t layer) { add(source, layer); });
        else
            add(data, 0);
    }
    /// One source, on one layer. Refers to it.
    TrainingData(AnySource<T> const& source, std::size_t layer) { parts_.push_back({layer, nullptr, &source}); }
    /// The data of `other` and one source more. Refers to both.
    TrainingData(TrainingData const& other, AnySource<T> const& source, std::size_t layer);
    TrainingData(TrainingData const&) = delete;
    TrainingData& operator=(TrainingData const&) = delete;

    /// Only the first cases, at most so many.
    void limit(std::size_t rows) noexcept { most_rows_ = rows; }

    [[nodiscard]] std::size_t rows() const { return std::min(parts_.front().source->rows(), most_rows_); }
    /// The protocol of the visible layer's data.
    [[nodiscard]] Binarisation binarisation() const;
    /// Which layers hold data.
    [[nodiscard]] LayerSet observed() const noexcept;
    /// The source of a layer.
    /// @throws ValueError if it has none.
    [[nodiscard]] AnySource<T> const& source(std::size_t layer) const;
    /// Loads cases into the observed blocks.
    void load(std::span<std::size_t const> indices, StatesView<T> states, Draws const& draws) const;
    /// The same without what the sources draw afresh at each presentation.
    void load_means(std::span<std::size_t const> indices, StatesView<T> states, Draws const& draws) const;
    /// Refuses data that does not fit the layers of a field or that its units cannot have as states; reads all of it.
    /// @throws ShapeError, ValueError
    void check(AnyField<T> const& field, std::string_view function, Draws const& draws) const;
    /// The same for the data of one layer, which has so many units of this kind.
    void check_layer(std::size_t layer, AnyUnit<T> const& unit, std::size_t units, std::string_view function,
                     Draws const& draws) const;

  private:
    struct Part {
        std::size_t layer;
        std::unique_ptr<AnySource<T>> own;
        AnySource<T> const* source;
    };

    template <class D>
    void add(D const& data, std::size_t layer) {
        std::unique_ptr<AnySource<T>> own;
        if constexpr (concepts::DataSource<D>)
            own = std::make_unique<SourceAdapter<D const&, T>>(data);
        else
            own = std::make_unique<SourceAdapter<decltype(as_source(data)), T>>(as_source(data));
        auto const* const source = own.get();
        parts_.push_back({layer, std::move(own), source});
    }
    [[nodiscard]] AnySource<T> const* find(std::size_t layer) const noexcept;

    std::vector<Part> parts_;
    std::size_t most_rows_ = std::numeric_limits<std::size_t>::max();
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/detail/training_data.hpp>
#endif
