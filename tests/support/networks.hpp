// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small networks, data for them, and their formula written out.

#include "support/statistics.hpp"

#include <boltz/draws.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/unit/rectified.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace test {

/// A unit of a user's own: x / (1 + |x|), whose slope is (1 - |f|)^2.
struct Softsign {
    static constexpr std::string_view name = "softsign";
    template <class T>
    void mean(boltz::Block<T> x) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (T& value : x.row(i)) value /= 1 + std::abs(value);
    }
    template <class T>
    void times_slope(boltz::Block<T const> mean, boltz::Block<T> gradient, std::type_identity_t<T> keep) const {
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (std::size_t j = 0; j < mean.columns; ++j) {
                T const rest = 1 - std::abs(keep * mean(i, j));
                gradient(i, j) *= mean(i, j) == 0 && keep < 1 ? 0 : rest * rest / keep;
            }
    }
};

/// A network whose hidden layers are all of one kind, with a softmax on top.
template <class Hidden = boltz::Bernoulli, class T = float>
boltz::MLP<T> softmax_network(boltz::NetworkInput input, std::vector<std::size_t> const& hidden,
                              std::size_t classes) {
    std::vector<boltz::AnyHiddenLayer<T>> layers;
    for (std::size_t const size : hidden) layers.push_back(boltz::HiddenLayer<Hidden, T>{size});
    return {std::move(input), std::move(layers), boltz::OutputLayer<boltz::Multinomial, T>{classes}};
}

/// Normal parameters.
template <class T>
boltz::MLP<T> random_network(boltz::MLP<T> network, double deviation, std::uint64_t seed) {
    boltz::Draws const draws = boltz::Draws::from_seed(seed);
    auto const fill = [&](std::span<T> numbers, std::size_t stream) {
        draws.stream(stream).normal(0, 0, numbers);
        for (T& number : numbers) number *= static_cast<T>(deviation);
    };
    for (std::size_t l = 0; l + 1 < network.layers(); ++l) {
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

/// The mean of a hidden unit with unit precision at x.
inline double activation(std::string_view kind, double x) {
    if (kind == "bernoulli") return 1 / (1 + std::exp(-x));
    if (kind == "softsign") return x / (1 + std::abs(x));
    return kind == "rectified" ? std::max(0.0, x) : x;
}

/// The layers of a network for one row of input, without dropout: activations, and natural parameters at the top.
template <class T>
std::vector<std::vector<double>> layers_of(boltz::MLP<T> const& network, std::vector<double> const& input) {
    std::vector<std::vector<double>> layers;
    auto beside = input.begin() + static_cast<std::ptrdiff_t>(network.sizes()[0]);
    std::vector<double> below{input.begin(), beside};
    layers.push_back(below);
    for (std::size_t l = 0; l + 1 < network.layers(); ++l) {
        auto const end = beside + static_cast<std::ptrdiff_t>(network.beside()[l]);
        below.insert(below.end(), beside, end);
        beside = end;
        std::vector<double> x(network.sizes()[l + 1]);
        for (std::size_t j = 0; j < x.size(); ++j) {
            x[j] = network.bias(l + 1)(j);
            for (std::size_t i = 0; i < below.size(); ++i) x[j] += below[i] * network.weights(l)(i, j);
            if (l + 2 < network.layers()) x[j] = activation(network.hidden(l + 1).name(), x[j]);
        }
        below = x;
        layers.push_back(x);
    }
    return layers;
}

/// Mean of -log p(label | row), from the definition.
inline double mean_loss(boltz::MLP<double> const& network, boltz::Matrix<double> const& inputs,
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
