// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/tempered_chains.hpp>

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/reductions.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/temperature_ladder.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

namespace boltz {

template <std::floating_point T>
TemperedChains<T>::TemperedChains(std::size_t chains, LayerGraph const& graph, TemperatureLadder ladder)
    : chains_{chains}, ladder_{std::move(ladder)}, states_{room(chains, ladder_, graph), graph.sizes()},
      inputs_{states_.rows(), graph.sizes()}, difference_(states_.rows()), acceptance_(states_.rows()),
      from_base_(states_.rows()), trips_(chains) {
    if (chains == 0) detail::fail<ValueError>("TemperedChains: chains is 0, but must be at least 1");
}

template <std::floating_point T>
std::size_t TemperedChains<T>::round_trips() const {
    return std::accumulate(trips_.begin(), trips_.end(), std::size_t{0});
}

template <std::floating_point T>
void TemperedChains<T>::forget_trips() noexcept {
    std::fill(trips_.begin(), trips_.end(), std::size_t{0});
    std::fill(from_base_.begin(), from_base_.end(), char{0});
}

template <std::floating_point T>
void TemperedChains<T>::step(AnyField<T> const& field, BaseBiases<T> const& own, BaseBiases<T> const& base,
                             Draws const& draws, Executor& executor) {
    check_layers("field", field.layers(), [&](std::size_t l) { return field.sizes()[l]; });
    check_layers("own", own.biases.size(), [&](std::size_t l) { return own.biases[l].size(); });
    check_layers("base", base.biases.size(), [&](std::size_t l) { return base.biases[l].size(); });
    std::size_t const rows = chains_ * ladder_.size();
    LayerSet const drawn_first = field.graph().of_colour(1);
    executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
        auto const states = states_.blocks().row_range(first, count);
        auto const inputs = inputs_.blocks().row_range(first, count);
        std::span<double> const difference{difference_.data() + first, count};
        std::fill(difference.begin(), difference.end(), 0.0);
        for (std::size_t l = 0; l < field.layers(); ++l) {
            Block<T> const state = states[l];
            if (drawn_first[l]) {
                field.input(l, states, inputs[l]);
                copy(inputs[l], state);
                temper(state, base.biases[l], first);
                field.unit(l).sample(state, draws.stream(l).from_row(first));
            }
            for (std::size_t i = 0; i < count; ++i) {
                T const* const s = state.row(i).data();
                T const* const x = drawn_first[l] ? inputs[l].row(i).data() : own.biases[l].data();
                difference[i] +=
                    detail::dot(s, x, state.columns) - detail::dot(s, base.biases[l].data(), state.columns);
            }
        }
    });
    swap(draws.stream(field.layers()), executor);
    executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
        auto const states = states_.blocks().row_range(first, count);
        auto const inputs = inputs_.blocks().row_range(first, count);
        for (std::size_t l = 0; l < field.layers(); ++l) {
            if (drawn_first[l]) continue;
            field.input(l, states, inputs[l]);
            temper(inputs[l], base.biases[l], first);
            field.unit(l).mean_and_sample(inputs[l], states[l], draws.stream(l).from_row(first));
        }
    });
}

template <std::floating_point T>
void TemperedChains<T>::archive(Archive& archive) {
    archive("rounds", rounds_);
    archive.nested("states", states_);
    archive.nested("ladder", ladder_);
}

template <std::floating_point T>
std::size_t TemperedChains<T>::room(std::size_t chains, TemperatureLadder const& ladder, LayerGraph const& graph) {
    if (graph.colours() > 2)
        detail::fail<ValueError>("TemperedChains: the layers have ", graph.colours(),
                                 " colours (LayerGraph::colour), but parallel tempering takes at most 2");
    return detail::rows_of_states("TemperedChains", {chains, "chains"}, {ladder.size(), "temperatures"},
                                  graph.sizes());
}

template <std::floating_point T>
void TemperedChains<T>::temper(Block<T> x, Vector<T> const& base, std::size_t first) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) {
        double const beta = ladder_.betas()[(first + i) / chains_];
        T* const row = x.row(i).data();
        if (beta == 1) continue;
        detail::scale(row, x.columns, static_cast<T>(beta));
        detail::axpy(row, base.data(), x.columns, static_cast<T>(1 - beta));
    }
}

template <std::floating_point T>
void TemperedChains<T>::swap(Draws const& draws, Executor& executor) {
    auto const betas = ladder_.betas();
    std::size_t const begin = rounds_++ % 2;
    executor.for_each_block(chains_, [&](std::size_t first, std::size_t count) {
        for (std::size_t c = first; c < first + count; ++c) {
            from_base_[(betas.size() - 1) * chains_ + c] = 1;
            for (std::size_t k = begin; k + 1 < betas.size(); k += 2) {
                std::size_t const a = k * chains_ + c;
                std::size_t const b = a + chains_;
                double const gain = (betas[k] - betas[k + 1]) * (difference_[b] - difference_[a]);
                acceptance_[a] = gain >= 0 ? 1 : std::exp(gain);
                double uniform = 0;
                draws.uniform(c, k, std::span{&uniform, 1});
                if (uniform >= acceptance_[a]) continue;
                for (std::size_t l = 0; l < states_.layers(); ++l)
                    std::swap_ranges(states_[l].row(a).begin(), states_[l].row(a).end(), states_[l].row(b).begin());
                std::swap(from_base_[a], from_base_[b]);
            }
            trips_[c] += from_base_[c] != 0;
            from_base_[c] = 0;
        }
    });
    // One thread adds up, so that the order of the sums does not depend on their number.
    for (std::size_t k = begin; k + 1 < betas.size(); k += 2) {
        double sum = 0;
        for (std::size_t c = 0; c < chains_; ++c) sum += acceptance_[k * chains_ + c];
        ladder_.record(k, sum / static_cast<double>(chains_));
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class TemperedChains<T>;
#include <boltz/detail/instantiate.hpp>
