// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains at several temperatures that exchange their states.

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
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// Parallel tempering: `chains` independent ensembles, each of one chain at every inverse temperature of a ladder,
/// with the distributions of `Tempered`, p_k(s) propto exp((1 - beta_k) b0' s + beta_k L(s) - e(s)) and
/// L(s) = sum_l b_l' s_l + sum over connections of s_k' W s_l.
///
/// A step draws the layers of colour 1 (`LayerGraph::colour`), proposes swaps of states between the temperatures of
/// every other pair, even pairs (0, 1), (2, 3), ... and odd pairs in turn, and draws the layers of colour 0; in a
/// chain colour 1 has the odd layers. A swap is accepted with probability
/// min(1, exp((beta_k - beta_{k+1}) (D(s_{k+1}) - D(s_k)))), D(s) = L(s) - b0' s: Metropolis's rule, so each of the
/// three leaves the product of all p_k as it is (Geyer 1991; Swendsen & Wang 1986). All temperatures share one
/// product a connection and colour, and D is a by-product of those of colour 1, so swaps cost no product; this needs
/// layers of two colours. Temperature k of chain c is row k * chains + c; temperature 0 is the model.
template <std::floating_point T>
class TemperedChains {
  public:
    /// Chains for models with these layers; all states 0.
    /// @throws ValueError if chains is 0, they are more than memory can hold, or the layers have more than two
    /// colours.
    TemperedChains(std::size_t chains, LayerGraph const& graph, TemperatureLadder ladder)
        : chains_{chains}, ladder_{std::move(ladder)}, states_{room(chains, ladder_, graph), graph.sizes()},
          inputs_{states_.rows(), graph.sizes()}, difference_(states_.rows()), acceptance_(states_.rows()),
          from_base_(states_.rows()), trips_(chains) {
        if (chains == 0) detail::fail<ValueError>("TemperedChains: chains is 0, but must be at least 1");
    }

    [[nodiscard]] std::size_t chains() const noexcept { return chains_; }
    [[nodiscard]] TemperatureLadder& ladder() noexcept { return ladder_; }
    [[nodiscard]] TemperatureLadder const& ladder() const noexcept { return ladder_; }

    /// The states at all temperatures. Only the layers of colour 0 matter to the next step.
    [[nodiscard]] StatesView<T> states() noexcept { return states_.blocks(); }
    /// The states at beta = 1.
    [[nodiscard]] StatesView<T> target_states() noexcept { return states_.blocks().row_range(0, chains_); }
    /// The means at beta = 1 of the layers of colour 0 from which they were drawn last; the other blocks are scratch.
    [[nodiscard]] StatesView<T> target_means() noexcept { return inputs_.blocks().row_range(0, chains_); }

    /// How many times, over all chains, a state has come to beta = 1 after it had been at the lowest temperature,
    /// since `forget_trips` or the beginning. Not part of `archive`.
    [[nodiscard]] std::size_t round_trips() const {
        return std::accumulate(trips_.begin(), trips_.end(), std::size_t{0});
    }
    void forget_trips() noexcept {
        std::fill(trips_.begin(), trips_.end(), std::size_t{0});
        std::fill(from_base_.begin(), from_base_.end(), char{0});
    }

    /// One step of all chains, after which `ladder` knows the acceptance of each pair that was tried. Layer l draws
    /// from stream l of `draws`, row by row, so the number of threads does not matter; allocates nothing.
    ///
    /// `own` are the field's own biases (`own_base`), `base` those of the base.
    /// @throws ShapeError if field, `own` or `base` have other layers than the chains.
    void step(AnyField<T> const& field, BaseBiases<T> const& own, BaseBiases<T> const& base, Draws const& draws,
              Executor& executor) {
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

    void archive(Archive& archive) {
        archive("rounds", rounds_);
        archive.nested("states", states_);
        archive.nested("ladder", ladder_);
    }

  private:
    [[nodiscard]] static std::size_t room(std::size_t chains, TemperatureLadder const& ladder,
                                          LayerGraph const& graph) {
        if (graph.colours() > 2)
            detail::fail<ValueError>("TemperedChains: the layers have ", graph.colours(),
                                     " colours (LayerGraph::colour), but parallel tempering takes at most 2");
        return detail::rows_of_states("TemperedChains", {chains, "chains"}, {ladder.size(), "temperatures"},
                                      graph.sizes());
    }

    template <class Size>
    void check_layers(char const* argument, std::size_t layers, Size size) const {
        if (layers != states_.layers())
            detail::fail<ShapeError>("TemperedChains: ", argument, " has ", layers, " layers, but the chains have ",
                                     states_.layers());
        for (std::size_t l = 0; l < layers; ++l)
            if (std::size_t const units = states_[l].columns; size(l) != units)
                detail::fail<ShapeError>("TemperedChains: ", argument, " has ", size(l), " units in layer ", l,
                                         ", but the chains have ", units);
    }

    // x becomes beta x + (1 - beta) b0; rows belong to temperatures, `first` is the first of the block.
    void temper(Block<T> x, Vector<T> const& base, std::size_t first) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) {
            double const beta = ladder_.betas()[(first + i) / chains_];
            T* const row = x.row(i).data();
            if (beta == 1) continue;
            detail::scale(row, x.columns, static_cast<T>(beta));
            detail::axpy(row, base.data(), x.columns, static_cast<T>(1 - beta));
        }
    }

    void swap(Draws const& draws, Executor& executor) {
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
                        std::swap_ranges(states_[l].row(a).begin(), states_[l].row(a).end(),
                                         states_[l].row(b).begin());
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

    std::size_t chains_;
    TemperatureLadder ladder_;
    States<T> states_;
    States<T> inputs_;
    std::vector<double> difference_;
    std::vector<double> acceptance_;
    std::vector<char> from_base_;    // whether the state has been at the lowest temperature since it left beta = 1
    std::vector<std::size_t> trips_; // of each chain
    std::uint64_t rounds_ = 0;
};

} // namespace boltz
