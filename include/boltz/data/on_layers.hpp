// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Data on one or several layers of a model.

#include <boltz/concepts.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

namespace boltz {

/// A data source for each of some layers: pixels on layer 0, labels on the top one. Made by `on_layers`.
template <class Layers, concepts::DataSource... Sources>
class OnLayers;

template <std::size_t... L, concepts::DataSource... Sources>
class OnLayers<std::index_sequence<L...>, Sources...> {
  public:
    using layers = std::index_sequence<L...>;

    /// @throws ShapeError if the sources have different numbers of rows.
    explicit OnLayers(Sources... sources) : sources_{std::move(sources)...} {
        for_each([&](auto const& source, std::size_t layer) {
            if (source.rows() != rows())
                detail::fail<ShapeError>("on_layers: the data of layer ", layer, " has ", source.rows(),
                                         " rows, but the first has ", rows());
        });
    }
    [[nodiscard]] std::size_t rows() const noexcept { return std::get<0>(sources_).rows(); }
    /// The source of layer I, one of those with data.
    template <std::size_t I>
        requires((I == L) || ...)
    [[nodiscard]] auto const& source() const noexcept {
        constexpr std::size_t layers_with_data[] = {L...};
        constexpr auto position = static_cast<std::size_t>(
            std::find(std::begin(layers_with_data), std::end(layers_with_data), I) - std::begin(layers_with_data));
        return std::get<position>(sources_);
    }
    /// `f(source, layer)` for every layer with data, in the order in which they were given.
    template <class F>
    void for_each(F&& f) const {
        detail::for_each_index<sizeof...(L)>([&](auto i) {
            constexpr std::size_t layers_with_data[] = {L...};
            f(std::get<i>(sources_), layers_with_data[i]);
        });
    }

  private:
    std::tuple<Sources...> sources_;
};

/// Anything a training takes as the data of one layer: a source, or a matrix, which is referred to.
template <class D>
[[nodiscard]] auto as_source(D const& data) {
    if constexpr (concepts::DataSource<D>)
        return data;
    else
        return MatrixSource{data};
}

/// Data on the given layers, in their order: `on_layers<0, 3>(images, labels)`.
template <std::size_t... L, class... Data>
    requires(sizeof...(L) == sizeof...(Data) && sizeof...(L) >= 1)
[[nodiscard]] auto on_layers(Data const&... data) {
    return OnLayers<std::index_sequence<L...>, decltype(as_source(data))...>{as_source(data)...};
}

namespace detail {

template <class D>
concept NamesLayers = requires {
    typename D::layers;
};

/// Whether data can lie on a model, as far as that is known when the program is compiled: all layers that it names
/// exist. Data that names none lies on layer 0.
template <class D, class F>
inline constexpr bool fits_layers = true;
template <NamesLayers D, class F>
inline constexpr bool fits_layers<D, F> = []<std::size_t... L>(std::index_sequence<L...>) {
    return (MayHaveLayer<F, L> && ...);
}
(typename D::layers{});

} // namespace detail

/// Data for a training: as it is if it names its layers, else on layer 0. Matrices are referred to.
template <class D>
[[nodiscard]] auto as_training_data(D const& data) {
    if constexpr (detail::NamesLayers<D>)
        return data;
    else
        return on_layers<0>(data);
}

} // namespace boltz
