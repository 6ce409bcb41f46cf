// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/detail/update.hpp>

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
void OuterProducts<T>::refer(LayerGraph const& graph, StatesView<T const> states, double times) {
    factor = times;
    sides.clear();
    for (auto const& [lower, upper] : graph.connections()) sides.push_back({states[lower], states[upper]});
}

template <std::floating_point T>
Update<T>::Update(AnyParametric<T> const& model) : gradient_{model.make_gradient()} {
    for (std::size_t c = 0; c < gradient_.weights.size(); ++c) cut(c, gradient_.weights[c].shape(0));
}

template <std::floating_point T>
void Update<T>::apply(Phase<T> const& data, Phase<T> const& chains, AnyModel<T>& model, PackedParameters<T>* packed,
                      OptimizerSession<T>& optimizer, Clock const& clock, Executor& executor) {
    optimizer.observe(data, clock);
    Accumulation const of_data{.factor = 1.0 / static_cast<double>(data.rows), .keep = 0};
    Accumulation const of_chains{.factor = -1.0 / static_cast<double>(chains.rows), .keep = 1};
    auto const* const machine = model.machine();
    if (machine == nullptr || packed == nullptr) {
        model.accumulate(data, of_data, gradient_, executor);
        model.accumulate(chains, of_chains, gradient_, executor);
        optimizer.step(model, gradient_, clock, executor);
        return;
    }
    phases_[0].refer(machine->graph(), data.states(), of_data.factor);
    phases_[1].refer(machine->graph(), chains.states(), of_chains.factor);
    apply(
        phases_,
        [&](ParameterSet<T>& gradient) {
            machine->accumulate_but_weights(data, of_data, gradient);
            machine->accumulate_but_weights(chains, of_chains, gradient);
        },
        model, *packed, optimizer, clock, executor);
}

template <std::floating_point T>
void Update<T>::apply(std::span<OuterProducts<T> const> terms, FunctionRef<void(ParameterSet<T>&)> but_weights,
                      AnyParametric<T>& model, PackedParameters<T>& packed, OptimizerSession<T>& optimizer,
                      Clock const& clock, Executor& executor) {
    auto const& products = packed.products();
    for (std::size_t i = 0; i < terms.size(); ++i) operands_[i].refer(products, terms[i].sides);
    pack_operands(products, terms.size(), executor);
    bool const by_parts = optimizer.by_parts();
    executor.for_each_block(parts_.size() + 1, 1, [&](std::size_t index, std::size_t) {
        if (index == parts_.size()) {
            but_weights(gradient_);
            if (by_parts) optimizer.step_but_weights(model, gradient_, clock);
            return;
        }
        WeightRows const& rows = parts_[index];
        Block<T> const slope = Block{gradient_.weights[rows.connection]}.row_range(rows.first, rows.count);
        for (std::size_t i = 0; i < terms.size(); ++i)
            products.statistics(rows.connection, operands_[i], rows.first, static_cast<T>(terms[i].factor),
                                i == 0 ? T{0} : T{1}, slope);
        if (by_parts) {
            optimizer.step_weights(model, gradient_, clock, rows);
            packed.refresh(rows);
        }
    });
    if (!by_parts) {
        optimizer.step(model, gradient_, clock, executor);
        packed.refresh(executor);
    } else if (optimizer.finish_step(model, clock, executor)) {
        packed.refresh(executor);
    }
}

template <std::floating_point T>
void Update<T>::cut(std::size_t connection, std::size_t rows) {
    constexpr std::size_t strip = PackedWeights::strip;
    std::size_t const strips = (rows + strip - 1) / strip;
    std::size_t const shares = 2 * ((rows + 511) / 512);
    for (std::size_t i = 0; i < shares; ++i) {
        std::size_t const first = i * strips / shares * strip;
        std::size_t const end = std::min(rows, (i + 1) * strips / shares * strip);
        if (first < end) parts_.push_back({.connection = connection, .first = first, .count = end - first});
    }
}

template <std::floating_point T>
void Update<T>::pack_operands(Products<T> const& products, std::size_t terms, Executor& executor) {
    constexpr std::size_t strip = PackedWeights::strip;
    auto const strips = [](auto const& operands) { return (operands.rows() + strip - 1) / strip; };
    std::size_t const of_first = strips(operands_[0]);
    std::size_t const in_all = of_first + (terms > 1 ? strips(operands_[1]) : 0);
    executor.for_each_block(in_all, 1, [&](std::size_t index, std::size_t) {
        auto& operands = operands_[index < of_first ? 0 : 1];
        std::size_t const first = (index < of_first ? index : index - of_first) * strip;
        operands.pack(products, first, std::min(strip, operands.rows() - first));
    });
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template struct OuterProducts<T>;                                                                                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class Update<T>;                                                                                        \
    }
#include <boltz/detail/instantiate.hpp>
