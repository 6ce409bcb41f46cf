// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One update of a model's parameters.

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
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// A part of the gradient of weights: factor * sum over cases of the outer products of two sides a connection.
template <std::floating_point T>
struct OuterProducts {
    std::vector<Sides<T>> sides;
    double factor = 1;

    /// The sides that the states of a phase give the connections of a machine. Allocates the first time only.
    void refer(LayerGraph const& graph, StatesView<T const> states, double times) {
        factor = times;
        sides.clear();
        for (auto const& [lower, upper] : graph.connections()) sides.push_back({states[lower], states[upper]});
    }
};

/// Moves the parameters of a model along a gradient that is a sum of outer products, and packs the weights anew.
///
/// Where the optimizer can do so by parts, a worker takes some rows of W through all of it - the products, the step,
/// the packing - while they are in cache; else the step follows when the whole gradient is there. The parts depend on
/// the sizes of the layers only.
template <std::floating_point T>
class Update {
  public:
    explicit Update(AnyParametric<T> const& model) : gradient_{model.make_gradient()} {
        for (std::size_t c = 0; c < gradient_.weights.size(); ++c) cut(c, gradient_.weights[c].shape(0));
    }

    /// The update of a Boltzmann machine: along the difference of the statistics of data and model. `packed` are the
    /// weights of a machine; null for a model of one's own.
    void apply(Phase<T> const& data, Phase<T> const& chains, AnyModel<T>& model, PackedParameters<T>* packed,
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
    /// The update along a sum of at most two `terms`; `but_weights(gradient)` overwrites the gradient of all other
    /// parameters.
    void apply(std::span<OuterProducts<T> const> terms, FunctionRef<void(ParameterSet<T>&)> but_weights,
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

  private:
    // An even number of shares that differ by a strip at most and have at most 256 rows: a product of few rows is
    // slower, and unequal shares leave workers idle.
    void cut(std::size_t connection, std::size_t rows) {
        constexpr std::size_t strip = PackedWeights::strip;
        std::size_t const strips = (rows + strip - 1) / strip;
        std::size_t const shares = 2 * ((rows + 511) / 512);
        for (std::size_t i = 0; i < shares; ++i) {
            std::size_t const first = i * strips / shares * strip;
            std::size_t const end = std::min(rows, (i + 1) * strips / shares * strip);
            if (first < end) parts_.push_back({.connection = connection, .first = first, .count = end - first});
        }
    }
    void pack_operands(Products<T> const& products, std::size_t terms, Executor& executor) {
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

    ParameterSet<T> gradient_;
    std::vector<WeightRows> parts_;
    std::array<OuterProducts<T>, 2> phases_;
    std::array<typename Products<T>::Operands, 2> operands_;
};

} // namespace boltz::detail
