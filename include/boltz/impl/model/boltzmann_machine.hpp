// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/boltzmann_machine.hpp>

#include <boltz/archive.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
BoltzmannMachine<T>::BoltzmannMachine(std::vector<std::unique_ptr<AnyLayer<T>>> layers,
                                      std::vector<Connection> connections)
    : layers_{std::move(layers)}, graph_{sizes_of(layers_), std::move(connections)} {
    for (std::size_t c = 0; c < graph_.connections().size(); ++c) {
        auto const [lower, upper] = graph_.connections()[c];
        if (lower == upper)
            detail::fail<ValueError>("BoltzmannMachine: connection ", c, " joins layer ", lower,
                                     " with itself, but weights lie between two layers");
        weights_.push_back(zero_matrix<T>(graph_.size(lower), graph_.size(upper)));
    }
}

template <std::floating_point T>
BoltzmannMachine<T>::BoltzmannMachine(BoltzmannMachine const& other)
    : AnyModel<T>{other}, graph_{other.graph_}, weights_{other.weights_} {
    for (auto const& layer : other.layers_) layers_.push_back(layer->clone());
}

template <std::floating_point T>
BoltzmannMachine<T>& BoltzmannMachine<T>::operator=(BoltzmannMachine other) noexcept {
    layers_.swap(other.layers_);
    weights_.swap(other.weights_);
    std::swap(graph_, other.graph_);
    return *this;
}

template <std::floating_point T>
std::string BoltzmannMachine<T>::description() const {
    return std::string{std::same_as<T, float> ? "float32" : "float64"};
}

template <std::floating_point T>
void BoltzmannMachine<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out,
                                Factors const& factors) const {
    input(layer, states, out, factors, {});
}

template <std::floating_point T>
std::span<T> BoltzmannMachine<T>::bias_span(std::size_t layer) {
    return {layers_[layer]->bias().data(), layers_[layer]->bias().size()};
}

template <std::floating_point T>
void BoltzmannMachine<T>::for_each_unit_parameters(std::size_t layer,
                                                   detail::FunctionRef<void(std::span<double>, std::size_t)> f) {
    layers_[layer]->unit().for_each_parameters(f);
}

template <std::floating_point T>
void BoltzmannMachine<T>::archive(Archive& archive) {
    for (std::size_t c = 0; c < weights_.size(); ++c) archive("weights_" + std::to_string(c), weights_[c]);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        archive("bias_" + std::to_string(l), layers_[l]->bias());
        layers_[l]->unit().archive(archive, "unit_" + std::to_string(l));
    }
}

template <std::floating_point T>
std::vector<std::size_t> BoltzmannMachine<T>::sizes_of(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers) {
    std::vector<std::size_t> sizes;
    for (auto const& layer : layers) sizes.push_back(layer->size());
    return sizes;
}

template <std::floating_point T>
void BoltzmannMachine<T>::start(Vector<T> const& bias, Block<T> out, Factors const& factors) {
    detail::keep_rows(out, static_cast<T>(factors.keep));
    if (factors.bias == 0) return;
    for (std::size_t i = 0; i < out.rows; ++i)
        detail::axpy(out.row(i).data(), bias.data(), out.columns, static_cast<T>(factors.bias));
}

template <std::floating_point T>
void BoltzmannMachine<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors,
                                detail::Products<T> const& products) const {
    Vector<T> const& bias = layers_[layer]->bias();
    if (out.columns != bias.size())
        detail::fail<ShapeError>("BoltzmannMachine::input: out has ", out.columns, " columns, but layer ", layer,
                                 " has ", bias.size(), " units");
    // The first product can begin at the bias, which saves a pass over the output.
    bool const at_bias = factors.keep == 0 && factors.bias == 1;
    bool begun = false;
    for (Neighbour const& n : graph_.neighbours(layer)) {
        double const factor = n.pass == detail::Pass::up ? factors.below : factors.above;
        if (factor == 0 || !factors.among[n.layer]) continue;
        if (!begun && at_bias && factor == 1) {
            products.add_to_bias(n.connection, weights_[n.connection], n.pass, states[n.layer],
                                 std::span<T const>{bias.data(), bias.size()}, out);
        } else {
            if (!begun) start(bias, out, factors);
            products.add(n.connection, weights_[n.connection], n.pass, states[n.layer], static_cast<T>(factor), out);
        }
        begun = true;
    }
    if (!begun) start(bias, out, factors);
}

template <std::floating_point T>
void BoltzmannMachine<T>::accumulate(Phase<T> const& phase, Accumulation how, ParameterSet<T>& gradient,
                                     Executor& executor) const {
    auto const states = phase.states();
    for (std::size_t c = 0; c < weights_.size(); ++c) {
        auto const [lower, upper] = graph_.connections()[c];
        detail::accumulate_outer_products<T>(states[lower], states[upper], how.factor, how.keep, gradient.weights[c],
                                             executor);
    }
    accumulate_but_weights(phase, how, gradient);
}

template <std::floating_point T>
void BoltzmannMachine<T>::accumulate_but_weights(Phase<T> const& phase, Accumulation how,
                                                 ParameterSet<T>& gradient) const {
    auto const states = phase.states();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        detail::accumulate_rows<T>(gradient.biases[l], states[l], how.factor, how.keep);
        Vector<double>& of_unit = gradient.of_units[l];
        if (of_unit.size() == 0) continue;
        for (double& value : of_unit) value = how.keep == 0 ? 0 : how.keep * value; // 0 NaN is NaN
        unit(l).add_parameter_gradient(states[l], phase.moments[l], how.factor,
                                       std::span{of_unit.data(), of_unit.size()});
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class BoltzmannMachine<T>;
#include <boltz/detail/instantiate.hpp>
