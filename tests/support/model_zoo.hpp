// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A small model of every kind: all units, joint layers, two to four layers.

#include "support/small_models.hpp"

#include "../../examples/small/spin.hpp"

#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

namespace test {

template <class U, class T = double>
auto layer(std::size_t size, U unit = U{}) {
    return boltz::StochasticLayer<U, T>{size, std::move(unit)};
}

template <class T = double>
auto bernoulli_rbm(std::size_t visible = 4, std::size_t hidden = 3) {
    return boltz::RBM{layer<boltz::Bernoulli, T>(visible), layer<boltz::Bernoulli, T>(hidden)};
}

template <class T = double>
auto bernoulli_dbm(std::size_t n0 = 3, std::size_t n1 = 3, std::size_t n2 = 2) {
    return boltz::DBM{layer<boltz::Bernoulli, T>(n0), layer<boltz::Bernoulli, T>(n1), layer<boltz::Bernoulli, T>(n2)};
}

template <class T = double>
auto four_layers() {
    return boltz::DBM{layer<boltz::Bernoulli, T>(3), layer<boltz::Bernoulli, T>(2), layer<boltz::Bernoulli, T>(3),
                      layer<boltz::Bernoulli, T>(2)};
}

/// Counts, spins, softmax and binary units; a joint layer in the middle.
template <class T = double>
auto mixed_dbm() {
    return boltz::DBM{layer<boltz::Multinomial, T>(3, boltz::Multinomial{3}),
                      boltz::JointLayer{layer<boltz::Bernoulli, T>(2), layer<boltz::Multinomial, T>(3)},
                      layer<Spin, T>(2)};
}

/// Four layers with one joint at the bottom and labels at the top.
template <class T = double>
auto mixed_four_layers() {
    return boltz::DBM{boltz::JointLayer{layer<Spin, T>(2), layer<boltz::Bernoulli, T>(1)},
                      layer<boltz::Bernoulli, T>(2), layer<Spin, T>(2), layer<boltz::Multinomial, T>(2)};
}

/// Real-valued visible units with learned precisions.
template <class T = double>
auto gaussian_rbm() {
    boltz::RBM rbm{layer<boltz::Gaussian, T>(2, boltz::Gaussian::learned()), layer<boltz::Bernoulli, T>(3)};
    rbm.visible().unit().parameters()[0] = 0.4;
    rbm.visible().unit().parameters()[1] = -0.3;
    return rbm;
}

/// Real-valued units, some of them in a joint layer, at both ends.
template <class T = double>
auto gaussian_dbm() {
    boltz::Vector<double> precision = xt::zeros<double>({2});
    precision(0) = 2;
    precision(1) = 0.7;
    return boltz::DBM{layer<boltz::Gaussian, T>(2, boltz::Gaussian::with_precision(precision)),
                      layer<boltz::Bernoulli, T>(3),
                      boltz::JointLayer{layer<boltz::Gaussian, T>(1, boltz::Gaussian::learned()),
                                        layer<boltz::Multinomial, T>(2, boltz::Multinomial{2})}};
}

/// Small layers within large ones: those without common weights that have most units are the two ends.
template <class T = double>
auto wide_ends() {
    return boltz::DBM{layer<boltz::Bernoulli, T>(3), layer<boltz::Bernoulli, T>(2), layer<Spin, T>(2),
                      layer<boltz::Bernoulli, T>(3)};
}

/// `f(model)` for models with countable states, about 100 to 500 of them; couplings are strong.
template <class T = double, class F>
void for_each_discrete_model(F&& f) {
    f(randomised(bernoulli_rbm<T>(), 1.2, 0.7, 1));
    f(randomised(bernoulli_dbm<T>(), 1.2, 0.7, 2));
    f(randomised(four_layers<T>(), 1.2, 0.7, 3));
    f(randomised(mixed_dbm<T>(), 0.8, 0.5, 4));
    f(randomised(mixed_four_layers<T>(), 0.8, 0.5, 5));
}

/// `f(model)` for models with real-valued units on even layers.
template <class T = double, class F>
void for_each_gaussian_model(F&& f) {
    f(randomised(gaussian_rbm<T>(), 0.9, 0.5, 6));
    f(randomised(gaussian_dbm<T>(), 0.7, 0.5, 7));
}

template <class T = double, class F>
void for_each_model(F&& f) {
    for_each_discrete_model<T>(f);
    for_each_gaussian_model<T>(f);
}

/// Two visible layers, words and pixels, under a tree of hidden ones.
template <class T = double>
auto two_visible_tree() {
    return boltz::BoltzmannMachine{{{0, 2}, {1, 2}, {2, 3}, {2, 4}},
                                   layer<boltz::Multinomial, T>(3, boltz::Multinomial{2}),
                                   layer<boltz::Bernoulli, T>(2),
                                   layer<boltz::Bernoulli, T>(3),
                                   layer<Spin, T>(2),
                                   layer<boltz::Bernoulli, T>(1)};
}

/// Three layers that all have weights in common, and a fourth on one of them; one connection runs downwards.
template <class T = double>
auto triangle() {
    return boltz::BoltzmannMachine{{{0, 1}, {2, 0}, {1, 2}, {1, 3}},
                                   layer<boltz::Bernoulli, T>(3),
                                   boltz::JointLayer{layer<boltz::Bernoulli, T>(1), layer<boltz::Multinomial, T>(3)},
                                   layer<boltz::Bernoulli, T>(2),
                                   layer<Spin, T>(2)};
}

/// Real-valued layers with a learned precision on two legs of a tree, of which no colouring is the parity of layers.
template <class T = double>
auto gaussian_tree() {
    return boltz::BoltzmannMachine{{{0, 2}, {1, 2}, {2, 3}},
                                   layer<boltz::Gaussian, T>(2, boltz::Gaussian::learned()),
                                   layer<boltz::Gaussian, T>(1, boltz::Gaussian::learned()),
                                   layer<boltz::Bernoulli, T>(3),
                                   layer<boltz::Bernoulli, T>(2)};
}

/// `f(model)` for machines of countable states that are no chains.
template <class T = double, class F>
void for_each_discrete_graph(F&& f) {
    f(randomised(two_visible_tree<T>(), 0.9, 0.5, 11));
    f(randomised(triangle<T>(), 0.9, 0.5, 12));
}

/// The same model with weights that are `factor` times as large: its chains mix faster.
template <class M>
M weakened(M model, double factor) {
    for (std::size_t c = 0; c < model.graph().connections().size(); ++c)
        for (auto& w : model.weights(c)) w *= static_cast<typename M::value_type>(factor);
    return model;
}

/// Compares the numbers of `gradient` with central differences of `function(model)` by every parameter.
template <class M, class F>
double gradient_error(M const& model, boltz::ParameterSet<typename M::value_type> gradient, F&& function) {
    M moved = model;
    double worst = 0;
    double const step = 1e-5;
    moved.for_each_parameter(
        [&](boltz::Parameter, auto values, auto slopes) {
            for (std::size_t k = 0; k < values.size(); ++k) {
                auto const here = values[k];
                values[k] = here + step;
                double const up = function(moved);
                values[k] = here - step;
                double const down = function(moved);
                values[k] = here;
                worst = std::max(worst, std::abs((up - down) / (2 * step) - slopes[k]));
            }
        },
        gradient);
    return worst;
}

} // namespace test
