// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases forward through a network and errors back.

#include <boltz/detail/activations.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/states.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/multinomial.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// Activations of a batch and slopes of its cross-entropy, a worker taking a block of cases through all of it.
template <class Network>
class BackwardPass {
    using T = typename Network::value_type;
    static constexpr std::size_t depth = Network::depth;
    static constexpr std::size_t top = depth - 1;

  public:
    /// Loads the cases and fills `states()` and `slopes()`, those of log p(target) with respect to the input of each
    /// layer. Returns the sum over cases of -sum_k target_k log p_k, in nats.
    template <class Products, class Data>
    double run(Network const& network, Products const& products, Data const& data,
               std::span<std::size_t const> indices, DroppedShares const& dropped, Draws const& draws,
               Executor& executor) {
        std::size_t const rows = indices.size();
        given_.require(rows, {network.inputs(), network.classes()});
        states_.require(rows, network.widths());
        slopes_.require(rows, network.widths());
        sizes_ = network.sizes();
        losses_.assign(rows, 0.0);
        executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
            auto const given = row_range(given_.blocks(), first, count);
            auto const states = row_range(states_.blocks(), first, count);
            auto const slopes = row_range(slopes_.blocks(), first, count);
            auto const losses = std::span{losses_}.subspan(first, count);
            data.load(indices.subspan(first, count), given, draws.stream(0).from_row(first));
            forward(network, products, given[0], states, dropped, draws.from_row(first));
            score(given[1], states[top], slopes[top], losses);
            for (std::size_t l = top - 1; l >= 1; --l)
                network.feed_back(l, states, slopes, static_cast<T>(1 - dropped.hidden), products);
        });
        double sum = 0;
        for (double const loss : losses_) sum += loss;
        return sum;
    }

    [[nodiscard]] StateBlocks<T, depth> states() noexcept { return states_.blocks(); }
    /// Without the columns of what enters beside a layer.
    [[nodiscard]] StateBlocks<T, depth> slopes() noexcept {
        auto result = slopes_.blocks();
        for (std::size_t l = 0; l < depth; ++l) result[l] = result[l].column_range(0, sizes_[l]);
        return result;
    }

  private:
    static void drop_some(Block<T> block, double share, Draws const& draws) {
        if (share <= 0) return;
        for (std::size_t i = 0; i < block.rows; ++i)
            drop(block.row(i).data(), block.columns, static_cast<T>(1 - share), draws.key(), draws.first_row() + i);
    }

    template <class Products>
    static void forward(Network const& network, Products const& products, Block<T> input,
                        StateBlocks<T, depth> const& states, DroppedShares const& dropped, Draws const& draws) {
        network.place(input, states);
        for (std::size_t l = 0; l < top; ++l) {
            if (l > 0) network.feed(l, states, products);
            drop_some(states[l].column_range(0, network.sizes()[l]), l == 0 ? dropped.input : dropped.hidden,
                      draws.stream(1).stream(l));
            drop_some(states[l].column_range(network.sizes()[l], network.beside()[l]), dropped.beside,
                      draws.stream(2).stream(l));
        }
        network.feed(top, states, products);
    }

    // losses += A(x) - target' x; x becomes the probabilities.
    static void score(Block<T const> targets, Block<T> x, Block<T> slopes, std::span<double> losses) {
        Multinomial const softmax;
        softmax.add_log_partition(Block<T const>{x}, losses);
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t k = 0; k < x.columns; ++k)
                losses[i] -= static_cast<double>(targets(i, k)) * static_cast<double>(x(i, k));
        softmax.mean(x);
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t k = 0; k < x.columns; ++k) slopes(i, k) = targets(i, k) - x(i, k);
    }

    States<T, 2> given_;
    States<T, depth> states_;
    States<T, depth> slopes_;
    typename Network::Sizes sizes_{};
    std::vector<double> losses_;
};

} // namespace boltz::detail
