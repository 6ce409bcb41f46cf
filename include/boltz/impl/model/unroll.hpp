// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/unroll.hpp>

#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/random.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
bool has_labels(BoltzmannMachine<T> const& machine) {
    std::size_t const top = machine.layers() - 1;
    return top >= 2 && is_label(machine.unit(top), machine.graph().size(top));
}

template <std::floating_point T>
void check_chain(BoltzmannMachine<T> const& machine) {
    if (machine.layers() < 2 ||
        machine.graph().connections() != LayerGraph::chain(machine.graph().sizes()).connections())
        fail<ValueError>("unroll: the machine must be a chain of two or more layers, each connected with the next");
}

BOLTZ_INLINE void check_softmax(std::size_t classes, double deviation) {
    if (!(deviation >= 0 && std::isfinite(deviation)))
        fail<ValueError>("unroll: deviation is ", deviation, ", but must be finite and not negative");
    if (classes == 0) fail<ValueError>("unroll: classes is 0, but must be at least 1");
}

template <std::floating_point T>
void draw_softmax(MLP<T>& network, double deviation, Random& random) {
    Draws const draws = random.split();
    Matrix<T>& output = network.weights(network.layers() - 2);
    for (std::size_t i = 0; i < output.shape(0); ++i) draws.normal(i, 0, Block{output}.row(i));
    for (T& weight : output) weight *= static_cast<T>(deviation);
}

template <std::floating_point T>
AnyHiddenLayer<T> hidden_layer(AnyUnit<T> const& unit, std::size_t size, std::size_t l) {
    auto activation = unit.activation();
    if (activation == nullptr)
        fail<ValueError>("unroll: layer ", l, " has ", unit.name(),
                         " units, which cannot be hidden units of a network: their means have no slope each");
    return {size, std::move(activation)};
}

template <std::floating_point T>
void copy_hidden(BoltzmannMachine<T> const& machine, std::size_t top, TopDown top_down, MLP<T>& out) {
    auto const& sizes = machine.graph().sizes();
    for (std::size_t l = 1; l <= top; ++l) {
        Matrix<T> const& up = machine.weights(l - 1);
        Matrix<T>& weights = out.weights(l - 1);
        bool const inner = l < top;
        T const factor = inner && top_down == TopDown::doubled ? T{2} : T{1};
        for (std::size_t i = 0; i < sizes[l - 1]; ++i)
            for (std::size_t j = 0; j < sizes[l]; ++j) weights(i, j) = factor * up(i, j);
        if (inner && top_down == TopDown::inferred)
            for (std::size_t i = 0; i < sizes[l + 1]; ++i)
                for (std::size_t j = 0; j < sizes[l]; ++j) weights(sizes[l - 1] + i, j) = machine.weights(l)(j, i);
        auto const& bias = machine.layer(l).bias();
        std::copy(bias.begin(), bias.end(), out.bias(l).begin());
    }
}

template <std::floating_point T>
MLP<T> unrolled(BoltzmannMachine<T> const& machine, TopDown top_down, AnyOutputLayer<T> output) {
    check_chain(machine);
    std::size_t const top = top_hidden(machine);
    auto const& sizes = machine.graph().sizes();
    std::vector<AnyHiddenLayer<T>> hidden;
    for (std::size_t l = 1; l <= top; ++l) hidden.push_back(hidden_layer(machine.unit(l), sizes[l], l));
    NetworkInput input{sizes[0]};
    if (top_down == TopDown::inferred)
        for (std::size_t l = 2; l <= top; ++l) input.beside.push_back(sizes[l]);
    MLP<T> network{std::move(input), std::move(hidden), std::move(output)};
    copy_hidden(machine, top, top_down, network);
    return network;
}

template <std::floating_point T>
MLP<T> unroll(BoltzmannMachine<T> const& machine, std::size_t classes, Random& random, TopDown top_down,
              double deviation) {
    check_softmax(classes, deviation);
    if (has_labels(machine))
        fail<ValueError>("unroll: the machine has labels on top, which make the softmax: leave classes away");
    MLP<T> network = unrolled<T>(machine, top_down, OutputLayer<Multinomial, T>{classes});
    draw_softmax(network, deviation, random);
    return network;
}

template <std::floating_point T>
MLP<T> unroll_with_labels(BoltzmannMachine<T> const& machine, TopDown top_down) {
    std::size_t const top = machine.layers() - 1;
    if (!has_labels(machine))
        fail<ValueError>("unroll: the machine has no labels on top of two or more other layers, but ",
                         machine.unit(top).name(), " units: give the number of classes");
    MLP<T> network =
        unrolled<T>(machine, top_down, AnyOutputLayer<T>{machine.graph().size(top), machine.unit(top).clone()});
    network.weights(top - 1) = machine.weights(top - 1);
    network.bias(top) = machine.layer(top).bias();
    return network;
}

template <std::floating_point T>
void copy_layer(Block<std::type_identity_t<T> const> weights, std::span<std::type_identity_t<T> const> bias,
                std::size_t l, MLP<T>& out) {
    copy<T>(weights, Block{out.weights(l - 1)});
    std::copy(bias.begin(), bias.end(), out.bias(l).begin());
}

template <std::floating_point T>
void copy_layer_transposed(Block<std::type_identity_t<T> const> weights,
                           std::span<std::type_identity_t<T> const> bias, std::size_t l, MLP<T>& out) {
    Matrix<T>& to = out.weights(l - 1);
    for (std::size_t i = 0; i < to.shape(0); ++i)
        for (std::size_t j = 0; j < to.shape(1); ++j) to(i, j) = weights(j, i);
    std::copy(bias.begin(), bias.end(), out.bias(l).begin());
}

template <std::floating_point T>
std::vector<AnyHiddenLayer<T>> hidden_layers(Stack<T> const& stack, std::size_t top) {
    std::vector<AnyHiddenLayer<T>> result;
    for (std::size_t l = 1; l <= top; ++l)
        result.push_back(hidden_layer(stack.hidden_unit(l - 1), stack.sizes()[l], l));
    return result;
}

template <std::floating_point T>
void copy_way_up(Stack<T> const& stack, MLP<T>& out) {
    for (std::size_t i = 0; i < stack.size(); ++i) copy_layer(stack.weights(i), stack.hidden_bias(i), i + 1, out);
}

} // namespace detail

template <std::floating_point T>
MLP<T> unroll(Stack<T> const& stack, std::size_t classes, Random& random, double deviation) {
    detail::check_softmax(classes, deviation);
    if (stack.has_labels())
        detail::fail<ValueError>("unroll: the stack has labels, which make the output: leave classes away");
    MLP<T> network{stack.sizes()[0], detail::hidden_layers(stack, stack.size()),
                   OutputLayer<Multinomial, T>{classes}};
    detail::copy_way_up(stack, network);
    detail::draw_softmax(network, deviation, random);
    return network;
}

template <std::floating_point T>
MLP<T> unroll(Stack<T> const& stack) {
    if (!stack.has_labels())
        detail::fail<ValueError>("unroll: the stack has no labels: give the number of classes, or take `encoder`");
    MLP<T> network{stack.sizes()[0], detail::hidden_layers(stack, stack.size()),
                   AnyOutputLayer<T>{stack.sizes().back(), stack.label_unit()}};
    detail::copy_way_up(stack, network);
    detail::copy_layer_transposed(stack.label_weights(), stack.label_bias(), stack.size() + 1, network);
    return network;
}

template <std::floating_point T>
MLP<T> encoder(Stack<T> const& stack) {
    std::size_t const top = stack.size();
    MLP<T> network{stack.sizes()[0], detail::hidden_layers(stack, top - 1),
                   AnyOutputLayer<T>{stack.sizes()[top], stack.hidden_unit(top - 1).clone()}};
    detail::copy_way_up(stack, network);
    return network;
}

template <std::floating_point T>
MLP<T> autoencoder(Stack<T> const& stack) {
    std::size_t const top = stack.size();
    auto hidden = detail::hidden_layers(stack, top);
    for (std::size_t i = top - 1; i > 0; --i)
        hidden.push_back(detail::hidden_layer(*stack.visible_unit(i), stack.sizes()[i], i));
    MLP<T> network{stack.sizes()[0], std::move(hidden), AnyOutputLayer<T>{stack.sizes()[0], stack.visible_unit(0)}};
    detail::copy_way_up(stack, network);
    for (std::size_t i = top; i-- > 0;)
        detail::copy_layer_transposed(stack.weights(i), stack.visible_bias(i), 2 * top - i, network);
    return network;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template bool has_labels<T>(BoltzmannMachine<T> const& machine);                                                 \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_chain<T>(BoltzmannMachine<T> const& machine);                                                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void draw_softmax<T>(MLP<T> & network, double deviation, Random& random);                               \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template AnyHiddenLayer<T> hidden_layer<T>(AnyUnit<T> const& unit, std::size_t size, std::size_t l);             \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void copy_hidden<T>(BoltzmannMachine<T> const& machine, std::size_t top, TopDown top_down,              \
                                 MLP<T>& out);                                                                       \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template MLP<T> unrolled<T>(BoltzmannMachine<T> const& machine, TopDown top_down, AnyOutputLayer<T> output);     \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template MLP<T> unroll<T>(BoltzmannMachine<T> const& machine, std::size_t classes, Random& random,               \
                              TopDown top_down, double deviation);                                                   \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template MLP<T> unroll_with_labels<T>(BoltzmannMachine<T> const& machine, TopDown top_down);                     \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void copy_layer<T>(Block<std::type_identity_t<T> const> weights,                                        \
                                std::span<std::type_identity_t<T> const> bias, std::size_t l, MLP<T>& out);          \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void copy_layer_transposed<T>(Block<std::type_identity_t<T> const> weights,                             \
                                           std::span<std::type_identity_t<T> const> bias, std::size_t l,             \
                                           MLP<T>& out);                                                             \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template std::vector<AnyHiddenLayer<T>> hidden_layers<T>(Stack<T> const& stack, std::size_t top);                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void copy_way_up<T>(Stack<T> const& stack, MLP<T>& out);                                                \
    }                                                                                                                \
    template MLP<T> unroll<T>(Stack<T> const& stack, std::size_t classes, Random& random, double deviation);         \
    template MLP<T> unroll<T>(Stack<T> const& stack);                                                                \
    template MLP<T> encoder<T>(Stack<T> const& stack);                                                               \
    template MLP<T> autoencoder<T>(Stack<T> const& stack);
#include <boltz/detail/instantiate.hpp>
