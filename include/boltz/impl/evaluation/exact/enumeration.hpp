// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/exact/enumeration.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/reductions.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/detail/independent_layers.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
Enumeration<T>::Enumeration(AnyField<T> const& field, LayerSet observed, ExactOptions const& options,
                            char const* function)
    : field_{&field}, observed_{observed}, function_{function} {
    check_bounded_energy(field, function);
    for (std::size_t l = 0; l < layers(); ++l) counts_.push_back(field.unit(l).state_count(field.sizes()[l]));
    double states = 0;
    summed_ = independent_layers(
        field.graph(), observed,
        [&](LayerSet set) {
            double product = 1;
            for (std::size_t l = 0; l < layers(); ++l)
                if (!set[l] && !observed[l]) product *= counts_[l];
            return product;
        },
        states);
    if (states == std::numeric_limits<double>::infinity())
        fail<ValueError>(function, ": layers of the model that cannot be enumerated are neighbours, but only "
                                   "layers without a common weight can be integrated in closed form");
    if (!(states <= options.max_states))
        fail<ValueError>(function, ": the model has ", states, " states to enumerate, but options.max_states is ",
                         options.max_states);
    states_ = static_cast<std::size_t>(states);
    block_rows_ = most_rows;
    while (states_ % block_rows_ != 0) --block_rows_;
    if (block_rows_ >= least_rows)
        find_differences();
    else
        block_rows_ = most_rows;
}

template <std::floating_point T>
void Enumeration<T>::write(StatesView<T const> given, std::size_t case_index, std::size_t index, StatesView<T> states,
                           std::size_t row) const {
    for (std::size_t l = 0; l < layers(); ++l)
        if (observed_[l]) copy(given[l].row_range(case_index, 1), states[l].row_range(row, 1));
    write_enumerated(index, states, row);
}

template <std::floating_point T>
void Enumeration<T>::for_each_block(StatesView<T const> given, std::size_t cases, Visit visit) const {
    for_range(given, 0, cases * states_, visit);
}

template <std::floating_point T>
void Enumeration<T>::for_range(StatesView<T const> given, std::size_t first, std::size_t count, Visit visit) const {
    States<T> buffer{std::min(count, block_rows_), field_->sizes()};
    States<T> inputs = buffer;
    std::vector<std::size_t> case_of(buffer.rows());
    std::vector<double> weights(buffer.rows());
    std::vector<double> own(buffer.rows());
    for (std::size_t const end = first + count; first < end; first += block_rows_) {
        std::size_t const rows = std::min(block_rows_, end - first);
        StatesView<T> const states = buffer.blocks().row_range(0, rows);
        for (std::size_t i = 0; i < rows; ++i) {
            case_of[i] = (first + i) / states_;
            write(given, case_of[i], (first + i) % states_, states, i);
        }
        std::span const log_weights{weights.data(), rows};
        weigh(states, inputs.blocks().row_range(0, rows), log_weights, std::span{own.data(), rows});
        for (double const w : log_weights)
            if (!(w < std::numeric_limits<double>::infinity()))
                fail<ValueError>(function_, ": the parameters of the model are so large that energies are not "
                                            "finite numbers");
        visit(states, std::span<std::size_t const>{case_of.data(), rows}, log_weights);
    }
}

template <std::floating_point T>
std::vector<std::vector<RunningLogSum>> Enumeration<T>::portion_sums(StatesView<T const> given, std::size_t cases,
                                                                     Executor& executor) const {
    std::size_t const pairs = product_of("exact_log_partition", {{cases, "cases"}, {states_, "states"}});
    std::vector<std::vector<RunningLogSum>> sums((pairs + portion() - 1) / portion());
    executor.for_each_block(sums.size(), 1, [&](std::size_t p, std::size_t) {
        std::size_t const first = p * portion();
        std::size_t const count = std::min(portion(), pairs - first);
        sums[p].resize((first + count - 1) / states_ - first / states_ + 1);
        for_range(given, first, count, [&](auto, auto case_of, std::span<double const> weights) {
            for (std::size_t i = 0; i < weights.size(); ++i) sums[p][case_of[i] - first / states_].add(weights[i]);
        });
    });
    return sums;
}

template <std::floating_point T>
std::vector<double> Enumeration<T>::log_sums(StatesView<T const> given, std::size_t cases, Executor& executor) const {
    std::vector<RunningLogSum> sums(cases);
    auto const parts = portion_sums(given, cases, executor);
    for (std::size_t p = 0; p < parts.size(); ++p)
        for (std::size_t c = 0; c < parts[p].size(); ++c) sums[p * portion() / states_ + c].add(parts[p][c]);
    std::vector<double> result(cases);
    for (std::size_t c = 0; c < cases; ++c) result[c] = sums[c].log();
    return result;
}

template <std::floating_point T>
void Enumeration<T>::write_enumerated(std::size_t index, StatesView<T> states, std::size_t row) const {
    for (std::size_t l = 0; l < layers(); ++l) {
        if (observed_[l] || summed_[l]) continue;
        auto const count = static_cast<std::size_t>(counts_[l]);
        field_->unit(l).write_state(index % count, states[l].row(row));
        index /= count;
    }
}

template <std::floating_point T>
void Enumeration<T>::find_differences() {
    differences_.require(block_rows_, field_->sizes());
    StatesView<T> const blocks = differences_.blocks();
    for (std::size_t i = 0; i < block_rows_; ++i) write_enumerated(i, blocks, i);
    for (std::size_t l = 0; l < layers(); ++l)
        for (std::size_t i = block_rows_; i-- > 0;)
            for (std::size_t j = 0; j < blocks[l].columns; ++j) blocks[l](i, j) -= blocks[l](0, j);
    for (std::size_t l = 0; l < layers(); ++l)
        if (summed_[l]) field_->input(l, blocks, blocks[l], {.bias = 0});
}

template <std::floating_point T>
bool Enumeration<T>::differ_as_the_first(StatesView<T const> states) const {
    for (std::size_t l = 0; l < layers(); ++l) {
        if (observed_[l] || summed_[l]) continue;
        Block<T const> const layer = states[l];
        T const* const start = layer.row(0).data();
        for (std::size_t i = 1; i < layer.rows; ++i) {
            T const* const row = layer.row(i).data();
            T const* const difference = differences_[l].row(i).data();
            for (std::size_t j = 0; j < layer.columns; ++j)
                if (row[j] - start[j] != difference[j]) return false;
        }
    }
    return true;
}

template <std::floating_point T>
void Enumeration<T>::weigh(StatesView<T> states, StatesView<T> inputs, std::span<double> out,
                           std::span<double> own) const {
    std::fill(out.begin(), out.end(), 0.0);
    std::fill(own.begin(), own.end(), 0.0);
    bool const by_differences = differences_.rows() == out.size() && differ_as_the_first(states);
    for (std::size_t l = 0; l < layers(); ++l) {
        AnyUnit<T> const& unit = field_->unit(l);
        Block<T> const input = inputs[l];
        if (!summed_[l]) {
            // A connection of two layers that are not summed counts once, at its upper layer.
            field_->input(l, states, input, {.above = 0, .among = ~summed_});
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] += dot(states[l].row(i).data(), input.row(i).data(), input.columns);
            unit.add_self_energy(states[l], own);
            continue;
        }
        if (!by_differences) {
            field_->input(l, states, input);
            unit.add_log_partition(input, out);
            continue;
        }
        field_->input(l, states.row_range(0, 1), input.row_range(0, 1));
        for (std::size_t i = 0; i < out.size(); ++i) { // row by row, while it is in the nearest cache
            if (i > 0)
                weighted_sum<T>(input.row(0).data(), T{1}, differences_[l].row(i).data(), T{1}, input.row(i).data(),
                                input.columns);
            unit.add_log_partition(input.row_range(i, 1), out.subspan(i, 1));
        }
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= own[i];
    for (std::size_t l = 0; l < layers(); ++l)
        if (summed_[l]) copy(inputs[l], states[l]);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class Enumeration<T>;                                                                                   \
    }
#include <boltz/detail/instantiate.hpp>
