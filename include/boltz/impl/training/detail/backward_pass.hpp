// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/detail/backward_pass.hpp>

#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/activations.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/states.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

namespace detail {

template <std::floating_point T>
void BackwardPass<T>::drop_some(Block<T> block, double share, Draws const& draws) {
    if (share <= 0) return;
    for (std::size_t i = 0; i < block.rows; ++i)
        drop(block.row(i).data(), block.columns, static_cast<T>(1 - share), draws.key(), draws.first_row() + i);
}

template <std::floating_point T>
double BackwardPass<T>::run(MLP<T> const& network, Products<T> const& products, TrainingData<T> const& data,
                            std::span<std::size_t const> indices, DroppedShares const& dropped, Draws const& draws,
                            Executor& executor) {
    std::size_t const rows = indices.size();
    std::size_t const top = network.layers() - 1;
    given_.require(rows, std::array{network.inputs(), network.outputs()});
    states_.require(rows, network.widths());
    gradients_.require(rows, network.widths());
    of_units_.resize(network.layers());
    for (std::size_t l = 0; l < network.layers(); ++l)
        of_units_[l] = gradients_[l].column_range(0, network.sizes()[l]);
    losses_.assign(rows, 0.0);
    executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
        auto const given = given_.blocks().row_range(first, count);
        auto const states = states_.blocks().row_range(first, count);
        auto const gradients = gradients_.blocks().row_range(first, count);
        auto const losses = std::span{losses_}.subspan(first, count);
        data.load(indices.subspan(first, count), given, draws.stream(0).from_row(first));
        forward(network, products, given[0], states, dropped, draws.from_row(first));
        score(network.output(), given[1], states[top], gradients[top], losses);
        for (std::size_t l = top - 1; l >= 1; --l)
            network.backward(l, states, gradients, static_cast<T>(1 - dropped.hidden), products);
    });
    double sum = 0;
    for (double const loss : losses_) sum += loss;
    return sum;
}

template <std::floating_point T>
void BackwardPass<T>::forward(MLP<T> const& network, Products<T> const& products, Block<T const> input,
                              StatesView<T> states, DroppedShares const& dropped, Draws const& draws) {
    std::size_t const top = network.layers() - 1;
    network.place(input, states);
    for (std::size_t l = 0; l < top; ++l) {
        if (l > 0) network.forward(l, states, products);
        drop_some(states[l].column_range(0, network.sizes()[l]), l == 0 ? dropped.input : dropped.hidden,
                  draws.stream(1).stream(l));
        drop_some(states[l].column_range(network.sizes()[l], network.beside()[l]), dropped.beside,
                  draws.stream(2).stream(l));
    }
    network.forward(top, states, products);
}

template <std::floating_point T>
void BackwardPass<T>::score(AnyUnit<T> const& unit, Block<T const> targets, Block<T> x, Block<T> gradient,
                            std::span<double> losses) {
    unit.add_log_partition(x, losses);
    for (std::size_t i = 0; i < x.rows; ++i)
        for (std::size_t k = 0; k < x.columns; ++k)
            losses[i] -= static_cast<double>(targets(i, k)) * static_cast<double>(x(i, k));
    unit.add_self_energy(targets, losses);
    unit.mean(x);
    for (std::size_t i = 0; i < x.rows; ++i)
        for (std::size_t k = 0; k < x.columns; ++k) gradient(i, k) = targets(i, k) - x(i, k);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class BackwardPass<T>;                                                                                  \
    }
#include <boltz/detail/instantiate.hpp>
