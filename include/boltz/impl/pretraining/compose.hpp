// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/pretraining/compose.hpp>

#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
LayerFactors doubled_factors(Stack<T> const& stack, std::size_t i) {
    bool const shares = stack.size() > 1;
    bool const last = i + 1 == stack.size();
    double const up = shares && i == 0 ? 2 : 1;
    double const down = shares && last ? 2 : 1;
    LayerFactors result{{down}, {up}};
    if (last && stack.has_labels()) result[0] = {down, 1};
    return result;
}

template <std::floating_point T>
void add_layer(AnyLayer<T>& layer, std::span<std::type_identity_t<T> const> bias, AnyUnit<T> const& unit,
               double factor, bool already_there) {
    for (std::size_t j = 0; j < layer.size(); ++j) layer.bias()(j) += static_cast<T>(factor) * bias[j];
    if (already_there)
        layer.unit().average_with(unit);
    else
        layer.unit().assign(unit);
}

template <std::floating_point T>
void check_composition(Stack<T> const& stack, BoltzmannMachine<T> const& machine) {
    LayerGraph const& graph = machine.graph();
    if (graph.connections() != LayerGraph::chain(graph.sizes()).connections())
        fail<ValueError>("compose_into: the layers of the machine are no chain");
    if (graph.layers() != stack.layers())
        fail<ValueError>("compose_into: the machine has ", graph.layers(), " layers, but the stack has ",
                         stack.layers());
    for (std::size_t l = 0; l < graph.layers(); ++l) {
        if (graph.size(l) != stack.sizes()[l])
            fail<ShapeError>("compose_into: layer ", l, " of the machine has ", graph.size(l),
                             " units, but that of the stack has ", stack.sizes()[l]);
        auto const unit = l < stack.size()    ? stack.visible_unit(l)
                          : l == stack.size() ? stack.hidden_unit(l - 1).clone()
                                              : stack.label_unit();
        // On a copy: a unit of another kind is refused before the machine is changed.
        machine.unit(l).clone()->assign(*unit);
        if (l > 0 && l < stack.size()) machine.unit(l).clone()->assign(stack.hidden_unit(l - 1));
    }
}

} // namespace detail

template <std::floating_point T>
void compose_into(Stack<T> const& stack, BoltzmannMachine<T>& machine) {
    detail::check_composition(stack, machine);
    for (std::size_t l = 0; l < machine.layers(); ++l) machine.layer(l).bias().fill(0);
    for (std::size_t i = 0; i < stack.size(); ++i) {
        LayerFactors const factors = detail::doubled_factors(stack, i);
        double const down = factors[0][0];
        double const up = factors[1][0];
        bool const below_shared = i > 0;
        bool const above_shared = i + 1 < stack.size();
        // Both sides ask for the same factor: 2 / 2 on a doubled side, 1 / 2 on both sides of an inner RBM, 1 where
        // nothing is shared.
        double const factor = above_shared ? up / 2 : (below_shared ? down / 2 : 1);
        Block<T const> const from = stack.weights(i);
        Matrix<T>& weights = machine.weights(i);
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights.data()[k] = static_cast<T>(factor) * from.data[k]; // whole rows, without a gap
        detail::add_layer(machine.layer(i), stack.visible_bias(i), *stack.visible_unit(i),
                          below_shared ? down / 2 : 1, below_shared);
        detail::add_layer(machine.layer(i + 1), stack.hidden_bias(i), stack.hidden_unit(i), above_shared ? up / 2 : 1,
                          false);
    }
    if (!stack.has_labels()) return;
    std::size_t const top = stack.size() + 1;
    Block<T const> const from = stack.label_weights();
    Matrix<T>& weights = machine.weights(top - 1);
    for (std::size_t j = 0; j < weights.shape(0); ++j)
        for (std::size_t k = 0; k < weights.shape(1); ++k) weights(j, k) = from(k, j);
    detail::add_layer(machine.layer(top), stack.label_bias(), *stack.label_unit(), 1, false);
}

template <std::floating_point T>
BoltzmannMachine<T> compose_dbm(Stack<T> const& stack) {
    std::vector<std::unique_ptr<AnyLayer<T>>> layers;
    auto const add = [&](std::unique_ptr<AnyUnit<T>> unit) {
        layers.push_back(
            std::make_unique<RunTimeLayer<T>>(zero_vector<T>(stack.sizes()[layers.size()]), std::move(unit)));
    };
    add(stack.visible_unit(0));
    for (std::size_t i = 0; i < stack.size(); ++i) add(stack.hidden_unit(i).clone());
    if (stack.has_labels()) add(stack.label_unit());
    LayerGraph const chain = LayerGraph::chain(stack.sizes());
    BoltzmannMachine<T> machine{std::move(layers), chain.connections()};
    compose_into(stack, machine);
    return machine;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LayerFactors doubled_factors<T>(Stack<T> const& stack, std::size_t i);                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void add_layer<T>(AnyLayer<T> & layer, std::span<std::type_identity_t<T> const> bias,                   \
                               AnyUnit<T> const& unit, double factor, bool already_there);                           \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_composition<T>(Stack<T> const& stack, BoltzmannMachine<T> const& machine);                   \
    }                                                                                                                \
    template void compose_into<T>(Stack<T> const& stack, BoltzmannMachine<T>& machine);                              \
    template BoltzmannMachine<T> compose_dbm<T>(Stack<T> const& stack);
#include <boltz/detail/instantiate.hpp>
