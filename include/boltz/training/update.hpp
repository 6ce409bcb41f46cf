// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One update of a model's parameters.

#include <boltz/concepts.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// A part of the gradient of weights: factor * sum over cases of below_l above_{l+1}'.
template <std::floating_point T, std::size_t Depth>
struct OuterProducts {
    StateBlocks<T, Depth> below{};
    StateBlocks<T, Depth> above{};
    double factor = 1;
};

/// Moves the parameters of a model along a gradient that is a sum of outer products, and packs the weights anew.
///
/// Where model and optimizer can do so by parts, a worker takes some rows of W through all of it - the products, the
/// step, the packing - while they are in cache; else the step follows when the whole gradient is there. The parts
/// depend on the sizes of the layers only.
template <class M>
class Update {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    static constexpr bool packable = requires(M const& model) { model.weights(0); };

  public:
    explicit Update(M const& model) : gradient_{model.make_gradient()} {
        if constexpr (packable)
            for (std::size_t l = 0; l + 1 < depth; ++l) cut(l, model.weights(l).shape(0));
    }

    /// The update of a Boltzmann machine: along the difference of the statistics of data and model.
    template <class Seen, class Optimizer>
    void apply(Phase<T, depth> const& data, Phase<T, depth> const& chains, M& model, Seen& prepared,
               Optimizer& optimizer, Clock const& clock, Executor& executor) {
        if constexpr (requires { optimizer.observe(data, clock); }) optimizer.observe(data, clock);
        Accumulation const of_data{.factor = 1.0 / static_cast<double>(data.states[0].rows), .keep = 0};
        Accumulation const of_chains{.factor = -1.0 / static_cast<double>(chains.states[0].rows), .keep = 1};
        if constexpr (requires(WeightRows const& rows) {
                          model.accumulate_but_weights(data, of_data, gradient_);
                          prepared.refresh(rows);
                      }) {
            apply(
                std::array<OuterProducts<T, depth>, 2>{
                    {{data.states, data.states, of_data.factor}, {chains.states, chains.states, of_chains.factor}}},
                [&](auto& gradient) {
                    model.accumulate_but_weights(data, of_data, gradient);
                    model.accumulate_but_weights(chains, of_chains, gradient);
                },
                model, prepared, optimizer, clock, executor);
        } else {
            model.accumulate(data, of_data, gradient_, executor);
            model.accumulate(chains, of_chains, gradient_, executor);
            optimizer.step(model, gradient_, clock, executor);
            prepared.refresh(executor);
        }
    }

    /// The update along a sum of `terms`; `but_weights(gradient)` overwrites the gradient of all other parameters.
    template <std::size_t Terms, class ButWeights, class Packed, class Optimizer>
    void apply(std::array<OuterProducts<T, depth>, Terms> const& terms, ButWeights&& but_weights, M& model,
               Packed& packed, Optimizer& optimizer, Clock const& clock, Executor& executor) {
        static_assert(Terms <= 2);
        auto const& products = packed.products();
        for (std::size_t i = 0; i < Terms; ++i) operands_[i].refer(products, terms[i].below, terms[i].above);
        pack_operands(products, Terms, executor);
        executor.for_each_block(parts_.size() + 1, 1, [&](std::size_t index, std::size_t) {
            if (index == parts_.size()) {
                but_weights(gradient_);
                if constexpr (by_parts<Optimizer>) optimizer.step_but_weights(model, gradient_, clock);
                return;
            }
            WeightRows const& rows = parts_[index];
            Block<T> const slope = Block{gradient_.weights[rows.pair]}.row_range(rows.first, rows.count);
            for (std::size_t i = 0; i < Terms; ++i)
                products.statistics(rows.pair, operands_[i], rows.first, static_cast<T>(terms[i].factor),
                                    i == 0 ? T{0} : T{1}, slope);
            if constexpr (by_parts<Optimizer>) {
                optimizer.step_weights(model, gradient_, clock, rows);
                packed.refresh(rows);
            }
        });
        if constexpr (!by_parts<Optimizer>) {
            optimizer.step(model, gradient_, clock, executor);
            packed.refresh(executor);
        } else if constexpr (requires { optimizer.finish_step(model, clock, executor); }) {
            if (optimizer.finish_step(model, clock, executor)) packed.refresh(executor);
        }
    }

  private:
    template <class Optimizer>
    static constexpr bool by_parts = packable&& requires(M& model, typename M::Gradient& gradient,
                                                         Optimizer& optimizer, Clock const& clock,
                                                         WeightRows const& rows) {
        optimizer.step_weights(model, gradient, clock, rows);
        optimizer.step_but_weights(model, gradient, clock);
    };

    // An even number of shares that differ by a strip at most and have at most 256 rows: a product of few rows is
    // slower, and unequal shares leave workers idle.
    void cut(std::size_t pair, std::size_t rows) {
        constexpr std::size_t strip = PackedWeights::strip;
        std::size_t const strips = (rows + strip - 1) / strip;
        std::size_t const shares = 2 * ((rows + 511) / 512);
        for (std::size_t i = 0; i < shares; ++i) {
            std::size_t const first = i * strips / shares * strip;
            std::size_t const end = std::min(rows, (i + 1) * strips / shares * strip);
            if (first < end) parts_.push_back({.pair = pair, .first = first, .count = end - first});
        }
    }

    void pack_operands(PackedProducts<T, depth> const& products, std::size_t terms, Executor& executor) {
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

    typename M::Gradient gradient_;
    std::vector<WeightRows> parts_;
    std::array<typename PackedProducts<T, depth>::Operands, 2> operands_;
};

} // namespace boltz::detail
