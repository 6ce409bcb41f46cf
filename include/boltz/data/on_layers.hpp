// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Data on one or several layers of a model.

#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/undrawn.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

// Out of line, as each check of data names its layer.
[[nodiscard, gnu::noinline]] inline std::string data_of_layer(char const* function, std::size_t layer) {
    return std::string{function} + ": data of layer " + std::to_string(layer);
}

} // namespace detail

/// A data source for each of some layers: pixels on layer 0, labels on the top one. Made by `on_layers`.
template <class Layers, concepts::DataSource... Sources>
class OnLayers;

template <std::size_t... L, concepts::DataSource... Sources>
class OnLayers<std::index_sequence<L...>, Sources...> {
  public:
    using layers = std::index_sequence<L...>;

    /// @throws ShapeError if the sources have different numbers of rows.
    explicit OnLayers(Sources... sources) : sources_{std::move(sources)...} {
        each([&]<std::size_t I>(auto const& source, detail::Index<I>) {
            if (source.rows() != rows())
                detail::fail<ShapeError>("on_layers: the data of layer ", I, " has ", source.rows(),
                                         " rows, but the first has ", rows());
        });
    }

    [[nodiscard]] std::size_t rows() const noexcept { return std::get<0>(sources_).rows(); }
    /// The protocol of the visible layer's data.
    [[nodiscard]] Binarisation binarisation() const noexcept {
        if constexpr (((L == 0) || ...)) return binarisation_of(source<0>());
        return Binarisation::none;
    }

    /// Which of `Depth` layers hold data.
    template <std::size_t Depth>
    [[nodiscard]] static constexpr Observed<Depth> observed() noexcept {
        static_assert(((L < Depth) && ...), "data is given for a layer that the model does not have");
        Observed<Depth> result{};
        ((result[L] = true), ...);
        return result;
    }

    /// The source of layer I.
    template <std::size_t I>
    [[nodiscard]] auto const& source() const noexcept {
        constexpr std::size_t layers_with_data[] = {L...};
        constexpr std::size_t position = static_cast<std::size_t>(
            std::find(std::begin(layers_with_data), std::end(layers_with_data), I) - std::begin(layers_with_data));
        static_assert(position < sizeof...(L), "there is no data on this layer");
        return std::get<position>(sources_);
    }

    /// Loads cases into the observed blocks.
    template <class T, std::size_t Depth>
    void load(std::span<std::size_t const> indices, StateBlocks<T, Depth> const& states, Draws const& draws) const {
        each([&]<std::size_t I>(auto const& source, detail::Index<I>) {
            source.load(indices, states[I], draws.stream(I));
        });
    }

    /// The same without what the sources draw afresh at each presentation.
    template <class T, std::size_t Depth>
    void load_undrawn(std::span<std::size_t const> indices, StateBlocks<T, Depth> const& states,
                      Draws const& draws) const {
        each([&]<std::size_t I>(auto const& source, detail::Index<I>) {
            detail::load_undrawn(source, indices, states[I], draws.stream(I));
        });
    }

    /// Refuses data that does not fit the layers of a field or that its units cannot have as states; reads all of it.
    /// @throws ShapeError, ValueError
    template <concepts::Field F>
    void check(F const& field, char const* function, Draws const& draws) const {
        using T = typename F::value_type;
        if (rows() == 0) detail::fail<ValueError>(function, ": data has 0 rows, but needs at least 1");
        each([&]<std::size_t I>(auto const& source, detail::Index<I>) {
            auto const& layer = field.template layer<I>();
            if (source.columns() != layer.size())
                detail::fail<ShapeError>(function, ": data has ", source.columns(), " columns, but layer ", I,
                                         " has ", layer.size(), " units");
            constexpr std::size_t step = 64;
            Matrix<T> rows_read = xt::zeros<T>({std::min(step, rows()), layer.size()});
            std::vector<std::size_t> indices(rows_read.shape(0));
            std::string const argument = detail::data_of_layer(function, I);
            for (std::size_t first = 0; first < rows(); first += step) {
                std::size_t const count = std::min(step, rows() - first);
                std::iota(indices.begin(), indices.end(), first);
                Block<T> const block = Block{rows_read}.row_range(0, count);
                source.load(std::span<std::size_t const>{indices.data(), count}, block,
                            draws.stream(I).from_row(first));
                detail::validate(layer.unit(), Block<T const>{block}, argument, first);
            }
        });
    }

  private:
    template <class F>
    void each(F&& f) const {
        detail::for_each_index<sizeof...(L)>([&](auto i) {
            constexpr std::size_t layers_with_data[] = {L...};
            f(std::get<i>(sources_), detail::Index<layers_with_data[i]>{});
        });
    }

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

/// Data for a training: as it is if it names its layers, else on layer 0.
template <class D>
[[nodiscard]] auto as_training_data(D const& data) {
    if constexpr (requires { typename D::layers; })
        return data;
    else
        return on_layers<0>(data);
}

} // namespace boltz
