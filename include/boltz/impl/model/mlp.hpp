// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/mlp.hpp>

#include <boltz/archive.hpp>
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
#include <string>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
std::size_t MLP<T>::inputs() const noexcept {
    std::size_t count = sizes_[0];
    for (std::size_t const columns : beside_) count += columns;
    return count;
}

template <std::floating_point T>
std::size_t MLP<T>::classes() const {
    if (!is_classifier())
        detail::fail<ValueError>("MLP::classes: the network has ", output_.unit().name(),
                                 " outputs, which are not probabilities of classes");
    return outputs();
}

template <std::floating_point T>
void MLP<T>::place(Block<T const> input, StatesView<T> states) const noexcept {
    copy(input.column_range(0, sizes_[0]), states[0].column_range(0, sizes_[0]));
    std::size_t first = sizes_[0];
    for (std::size_t l = 0; l < beside_.size(); ++l) {
        copy(input.column_range(first, beside_[l]), states[l].column_range(sizes_[l], beside_[l]));
        first += beside_[l];
    }
}

template <std::floating_point T>
void MLP<T>::forward(std::size_t l, StatesView<T> states, detail::Products<T> const& products) const {
    forward(l, states[l - 1], states[l].column_range(0, sizes_[l]), products);
}

template <std::floating_point T>
void MLP<T>::probabilities(Block<T const> input, Block<T> out) const {
    static_cast<void>(classes());
    means(input, out);
}

template <std::floating_point T>
std::span<T> MLP<T>::bias_span(std::size_t layer) {
    return {biases_[layer].data(), biases_[layer].size()};
}

template <std::floating_point T>
void MLP<T>::for_each_unit_parameters(std::size_t layer,
                                      detail::FunctionRef<void(std::span<double>, std::size_t)> f) {
    if (layer + 1 == layers()) output().for_each_parameters(f);
}

template <std::floating_point T>
void MLP<T>::archive(Archive& archive) {
    for (std::size_t l = 0; l < weights_.size(); ++l) archive("weights_" + std::to_string(l), weights_[l]);
    for (std::size_t l = 1; l < layers(); ++l) archive("bias_" + std::to_string(l), biases_[l]);
    for (std::size_t l = 0; l < hidden_.size(); ++l)
        hidden_[l].unit().archive(archive, "unit_" + std::to_string(l + 1));
    if (!detail::is_softmax(output(), outputs())) output().archive(archive, "unit_" + std::to_string(layers() - 1));
}

template <std::floating_point T>
void MLP<T>::forward(std::size_t l, Block<T const> below, Block<T> out, detail::Products<T> const& products) const {
    products.add_to_bias(l - 1, weight_block(l - 1), detail::Pass::up, below, bias_span(l), out);
    if (l + 1 < layers()) hidden(l).mean(out);
}

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
