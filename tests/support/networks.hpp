// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small networks, data for them, and their formula written out.

#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/model/mlp.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace test {

/// Normal parameters.
template <class Network>
Network random_network(Network network, double deviation, std::uint64_t seed) {
    using T = typename Network::value_type;
    boltz::Draws const draws = boltz::Draws::from_seed(seed);
    auto const fill = [&](std::span<T> numbers, std::size_t stream) {
        draws.stream(stream).normal(0, 0, numbers);
        for (T& number : numbers) number *= static_cast<T>(deviation);
    };
    for (std::size_t l = 0; l + 1 < Network::depth; ++l) {
        fill({network.weights(l).data(), network.weights(l).size()}, 2 * l);
        fill({network.bias(l + 1).data(), network.bias(l + 1).size()}, 2 * l + 1);
    }
    return network;
}

/// Normal numbers.
template <class T>
boltz::Matrix<T> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    boltz::Matrix<T> result = xt::zeros<T>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) boltz::Draws::from_seed(seed).normal(i, 0, boltz::Block{result}.row(i));
    return result;
}

/// The layers of a network for one row of input, without dropout: activations, and natural parameters at the top.
template <class Network>
std::vector<std::vector<double>> layers_of(Network const& network, std::vector<double> const& input) {
    std::vector<std::vector<double>> layers;
    auto beside = input.begin() + static_cast<std::ptrdiff_t>(network.sizes()[0]);
    std::vector<double> below{input.begin(), beside};
    layers.push_back(below);
    for (std::size_t l = 0; l + 1 < Network::depth; ++l) {
        auto const end = beside + static_cast<std::ptrdiff_t>(network.beside()[l]);
        below.insert(below.end(), beside, end);
        beside = end;
        std::vector<double> x(network.sizes()[l + 1]);
        for (std::size_t j = 0; j < x.size(); ++j) {
            x[j] = network.bias(l + 1)(j);
            for (std::size_t i = 0; i < below.size(); ++i) x[j] += below[i] * network.weights(l)(i, j);
            if (l + 2 < Network::depth)
                x[j] = network.activation() == boltz::Activation::logistic ? 1 / (1 + std::exp(-x[j]))
                                                                           : std::max(0.0, x[j]);
        }
        below = x;
        layers.push_back(x);
    }
    return layers;
}

/// Mean of -log p(label | row), from the definition.
template <class Network>
double mean_loss(Network const& network, boltz::Matrix<double> const& inputs,
                 std::vector<std::uint8_t> const& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        auto const row = boltz::Block{inputs}.row(i);
        auto const top = layers_of(network, {row.begin(), row.end()}).back();
        sum += log_sum_exp(top) - top[labels[i]];
    }
    return sum / static_cast<double>(labels.size());
}

inline std::vector<std::uint8_t> labels_in_turn(std::size_t count, std::size_t classes) {
    std::vector<std::uint8_t> labels(count);
    for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<std::uint8_t>(i % classes);
    return labels;
}

/// All parameters, in the order in which they are walked.
template <class Network>
std::vector<double> parameters_of(Network network) {
    std::vector<double> result;
    network.for_each_parameter([&](auto, auto values) { result.insert(result.end(), values.begin(), values.end()); });
    return result;
}

/// The derivative of `f(network)` with respect to each parameter, by central differences.
template <class Network, class F>
std::vector<double> finite_differences(Network network, F&& f, double step = 1e-5) {
    std::vector<double> result;
    network.for_each_parameter([&](auto, auto values) {
        for (auto& value : values) {
            auto const old = value;
            value = old + step;
            double const up = f(network);
            value = old - step;
            double const down = f(network);
            value = old;
            result.push_back((up - down) / (2 * step));
        }
    });
    return result;
}

} // namespace test
