// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/mlp.hpp>

#include <boltz/detail/products.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
MLP<T>::MLP(NetworkInput input, std::vector<AnyHiddenLayer<T>> hidden, AnyOutputLayer<T> output)
    : sizes_{input.size}, beside_{std::move(input.beside)}, hidden_{std::move(hidden)}, output_{std::move(output)} {
    for (auto const& layer : hidden_) sizes_.push_back(layer.size());
    sizes_.push_back(output_.size());
    for (std::size_t l = 0; l < layers(); ++l)
        if (sizes_[l] == 0) detail::fail<ValueError>("MLP: layer ", l, " has 0 units, but needs at least 1");
    if (beside_.size() + 1 > layers())
        detail::fail<ValueError>("MLP: there is input beside ", beside_.size(), " layers, but only ", layers() - 1,
                                 " of the network's layers give something on");
    beside_.resize(layers() - 1);
    widths_ = sizes_;
    biases_.push_back(zero_vector<T>(0));
    for (std::size_t l = 0; l + 1 < layers(); ++l) {
        // Each by itself first: their sum may be more than a size can be.
        for (std::size_t const* const numbers : {&sizes_[l], &beside_[l], &widths_[l]}) {
            static_cast<void>(
                detail::product_of("MLP", {{*numbers, "numbers of a layer"}, {sizes_[l + 1], "units above"}}));
            if (numbers == &beside_[l]) widths_[l] += beside_[l];
        }
        connections_.push_back({l, l + 1});
        weights_.push_back(zero_matrix<T>(widths_[l], sizes_[l + 1]));
        biases_.push_back(zero_vector<T>(sizes_[l + 1]));
    }
}

template <std::floating_point T>
void MLP<T>::backward(std::size_t l, StatesView<T const> states, StatesView<T> gradients, T keep,
                      detail::Products<T> const& products) const {
    Block<T> const gradient = gradients[l];
    for (std::size_t i = 0; i < gradient.rows; ++i) std::fill_n(gradient.row(i).data(), gradient.columns, T{0});
    products.add(l, weight_block(l), detail::Pass::down, gradients[l + 1].column_range(0, sizes_[l + 1]), T{1},
                 gradient);
    hidden(l).times_slope(states[l].column_range(0, sizes_[l]), gradient.column_range(0, sizes_[l]), keep);
}

template <std::floating_point T>
void MLP<T>::means(Block<T const> input, Block<T> out) const {
    if (input.columns != inputs())
        detail::fail<ShapeError>("MLP: input has ", input.columns, " columns, but the network takes ", inputs());
    if (out.columns != outputs() || out.rows != input.rows)
        detail::fail<ShapeError>("MLP: out is ", out.rows, " x ", out.columns, ", but must be ", input.rows, " x ",
                                 outputs());
    std::size_t const top = layers() - 1;
    States<T> buffers{input.rows, std::span{widths_}.first(top)};
    auto const states = buffers.blocks();
    place(input, states);
    for (std::size_t l = 1; l < top; ++l) forward(l, states);
    forward(top, states[top - 1], out, {});
    output().mean(out);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class MLP<T>;
#include <boltz/detail/instantiate.hpp>
