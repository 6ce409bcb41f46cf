// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One update of a model's parameters.

#include <boltz/concepts.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/model/prepared.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// Moves the parameters of a model along the difference of the statistics of data and model, and packs the weights
/// anew.
///
/// Where model and optimizer can do so by parts, a worker takes some rows of W through all of it - the products of
/// both phases, the step, the packing - while they are in cache; else these follow each other for all parameters. The
/// parts depend on the sizes of the layers only.
template <Model M>
class Update {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

  public:
    explicit Update(M const& model) : gradient_{model.make_gradient()} {
        if constexpr (Prepared<M>::packable)
            for (std::size_t l = 0; l + 1 < depth; ++l) cut(l, model.sizes()[l]);
    }

    template <class Optimizer>
    void apply(Phase<T, depth> const& data, Phase<T, depth> const& chains, M& model, Prepared<M>& prepared,
               Optimizer& optimizer, Clock const& clock, Executor& executor) {
        Accumulation const of_data{.factor = 1.0 / static_cast<double>(data.states[0].rows), .keep = 0};
        Accumulation const of_chains{.factor = -1.0 / static_cast<double>(chains.states[0].rows), .keep = 1};
        if constexpr (by_parts<Optimizer>) {
            auto const& products = prepared.products();
            operands_[0].refer(products, data.states);
            operands_[1].refer(products, chains.states);
            pack_operands(products, executor);
            executor.for_each_block(parts_.size() + 1, 1, [&](std::size_t index, std::size_t) {
                if (index == parts_.size()) {
                    model.accumulate_but_weights(data, of_data, gradient_);
                    model.accumulate_but_weights(chains, of_chains, gradient_);
                    optimizer.step_but_weights(model, gradient_, clock);
                    return;
                }
                WeightRows const& rows = parts_[index];
                Block<T> const slope = Block{gradient_.weights[rows.pair]}.row_range(rows.first, rows.count);
                products.statistics(rows.pair, operands_[0], rows.first, static_cast<T>(of_data.factor), T{0}, slope);
                products.statistics(rows.pair, operands_[1], rows.first, static_cast<T>(of_chains.factor), T{1},
                                    slope);
                optimizer.step_weights(model, gradient_, clock, rows);
                prepared.refresh(rows);
            });
        } else {
            model.accumulate(data, of_data, gradient_, executor);
            model.accumulate(chains, of_chains, gradient_, executor);
            optimizer.step(model, gradient_, clock, executor);
            prepared.refresh(executor);
        }
    }

  private:
    template <class Optimizer>
    static constexpr bool by_parts = Prepared<M>::packable&& requires(M& model, typename M::Gradient& gradient,
                                                                      Optimizer& optimizer, Clock const& clock,
                                                                      Phase<T, depth> const& phase,
                                                                      WeightRows const& rows) {
        model.accumulate_but_weights(phase, Accumulation{}, gradient);
        optimizer.step_weights(model, gradient, clock, rows);
        optimizer.step_but_weights(model, gradient, clock);
    };

    // An even number of shares that differ by a strip at most and have at most 256 rows: a product of few rows is
    // slower, and unequal shares leave workers idle.
    void cut(std::size_t pair, std::size_t rows) {
        constexpr std::size_t strip = Prepared<M>::strip;
        std::size_t const strips = (rows + strip - 1) / strip;
        std::size_t const shares = 2 * ((rows + 511) / 512);
        for (std::size_t i = 0; i < shares; ++i) {
            std::size_t const first = i * strips / shares * strip;
            std::size_t const end = std::min(rows, (i + 1) * strips / shares * strip);
            if (first < end) parts_.push_back({.pair = pair, .first = first, .count = end - first});
        }
    }

    void pack_operands(PackedProducts<T, depth> const& products, Executor& executor) {
        constexpr std::size_t strip = Prepared<M>::strip;
        auto const strips = [](auto const& operands) { return (operands.rows() + strip - 1) / strip; };
        std::size_t const of_data = strips(operands_[0]);
        executor.for_each_block(of_data + strips(operands_[1]), 1, [&](std::size_t index, std::size_t) {
            auto& operands = operands_[index < of_data ? 0 : 1];
            std::size_t const first = (index < of_data ? index : index - of_data) * strip;
            operands.pack(products, first, std::min(strip, operands.rows() - first));
        });
    }

    typename M::Gradient gradient_;
    std::vector<WeightRows> parts_;
    std::array<typename PackedProducts<T, depth>::Operands, 2> operands_;
};

} // namespace boltz::detail
