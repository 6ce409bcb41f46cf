// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small models at other temperatures, as models of their own.

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cstddef>

namespace test {

/// The model at inverse temperature beta over the base without biases: weights and biases times beta.
template <class M>
M at_temperature(M model, double beta) {
    using T = typename M::value_type;
    boltz::BoltzmannMachine<T>& machine = model;
    for (std::size_t c = 0; c < machine.graph().connections().size(); ++c)
        for (auto& w : machine.weights(c)) w *= static_cast<T>(beta);
    for (std::size_t l = 0; l < machine.layers(); ++l)
        for (auto& b : machine.layer(l).bias()) b *= static_cast<T>(beta);
    return model;
}

/// An RBM with two deep modes, all units on and all off, of equal probability.
template <class T = double>
auto two_modes(std::size_t size = 4, double weight = 3) {
    using Layer = boltz::StochasticLayer<boltz::Bernoulli, T>;
    boltz::RBM rbm{Layer{size}, Layer{size}};
    for (auto& w : rbm.weights()) w = static_cast<T>(weight);
    auto const bias = static_cast<T>(-weight * static_cast<double>(size) / 2);
    for (auto& b : rbm.visible().bias()) b = bias;
    for (auto& b : rbm.hidden().bias()) b = bias;
    return rbm;
}

} // namespace test
