// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains at several temperatures that exchange their states.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/reductions.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/temperature_ladder.hpp>

#include <algorithm>
#include <array>
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
/// L(s) = sum_l b_l' s_l + sum_l s_l' W_l s_{l+1}.
///
/// A step draws the odd layers, proposes swaps of states between the temperatures of every other pair, even pairs
/// (0, 1), (2, 3), ... and odd pairs in turn, and draws the even layers. A swap is accepted with probability
/// min(1, exp((beta_k - beta_{k+1}) (D(s_{k+1}) - D(s_k)))), D(s) = L(s) - b0' s: Metropolis's rule, so each of the
/// three leaves the product of all p_k as it is (Geyer 1991; Swendsen & Wang 1986). All temperatures share one
/// product a pair of layers and half-sweep, and D is a by-product of the first, so swaps cost no product. Temperature
/// k of chain c is row k * chains + c; temperature 0 is the model.
template <std::floating_point T, std::size_t Depth>
class TemperedChains {
  public:
    /// All states 0.
    /// @throws ValueError if chains is 0, or they are more than memory can hold.
    TemperedChains(std::size_t chains, std::array<std::size_t, Depth> const& sizes, TemperatureLadder ladder)
        : chains_{chains}, ladder_{std::move(ladder)}, states_{room(chains, ladder_, sizes), sizes},
          inputs_{states_.rows(), sizes}, difference_(states_.rows()), acceptance_(states_.rows()),
          from_base_(states_.rows()), trips_(chains) {
        if (chains == 0) detail::fail<ValueError>("TemperedChains: chains is 0, but must be at least 1");
    }

    [[nodiscard]] std::size_t chains() const noexcept { return chains_; }
    [[nodiscard]] TemperatureLadder& ladder() noexcept { return ladder_; }
    [[nodiscard]] TemperatureLadder const& ladder() const noexcept { return ladder_; }

    /// The states at all temperatures. Only the even layers matter to the next step.
    [[nodiscard]] StateBlocks<T, Depth> states() noexcept { return states_.blocks(); }
    /// The states at beta = 1.
    [[nodiscard]] StateBlocks<T, Depth> target_states() noexcept { return row_range(states_.blocks(), 0, chains_); }
    /// The means at beta = 1 of the even layers from which they were drawn last; the odd blocks are scratch.
    [[nodiscard]] StateBlocks<T, Depth> target_means() noexcept { return row_range(inputs_.blocks(), 0, chains_); }

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
    template <concepts::Field F>
        requires(F::depth == Depth && std::same_as<typename F::value_type, T>)
    void step(F const& field, BaseBiases<T, Depth> const& own, BaseBiases<T, Depth> const& base, Draws const& draws,
              Executor& executor) {
        std::size_t const rows = chains_ * ladder_.size();
        executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
            auto const states = row_range(states_.blocks(), first, count);
            auto const inputs = row_range(inputs_.blocks(), first, count);
            std::span<double> const difference{difference_.data() + first, count};
            std::fill(difference.begin(), difference.end(), 0.0);
            detail::for_each_index<Depth>([&](auto l) {
                if constexpr (l % 2 == 1) {
                    field.template input<l>(states, inputs[l]);
                    copy(inputs[l], states[l]);
                    temper(states[l], base.biases[l], first);
                    field.template layer<l>().unit().sample(states[l], draws.stream(l).from_row(first));
                }
                for (std::size_t i = 0; i < count; ++i) {
                    T const* const s = states[l].row(i).data();
                    T const* const x = l % 2 == 1 ? inputs[l].row(i).data() : own.biases[l].data();
                    difference[i] += detail::dot(s, x, states[l].columns) -
                                     detail::dot(s, base.biases[l].data(), states[l].columns);
                }
            });
        });
        swap(draws.stream(Depth), executor);
        executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
            auto const states = row_range(states_.blocks(), first, count);
            auto const inputs = row_range(inputs_.blocks(), first, count);
            detail::for_each_index<Depth>([&](auto l) {
                if constexpr (l % 2 == 0) {
                    field.template input<l>(states, inputs[l]);
                    temper(inputs[l], base.biases[l], first);
                    detail::mean_and_sample(field.template layer<l>().unit(), inputs[l], states[l],
                                            draws.stream(l).from_row(first));
                }
            });
        });
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive("rounds", rounds_);
        archive.nested("states", states_);
        archive.nested("ladder", ladder_);
    }

  private:
    [[nodiscard]] static std::size_t room(std::size_t chains, TemperatureLadder const& ladder,
                                          std::array<std::size_t, Depth> const& sizes) {
        return detail::rows_of_states("TemperedChains", {chains, "chains"}, {ladder.size(), "temperatures"}, sizes);
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
                    for (std::size_t l = 0; l < Depth; ++l)
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
    States<T, Depth> states_;
    States<T, Depth> inputs_;
    std::vector<double> difference_;
    std::vector<double> acceptance_;
    std::vector<char> from_base_;    // whether the state has been at the lowest temperature since it left beta = 1
    std::vector<std::size_t> trips_; // of each chain
    std::uint64_t rounds_ = 0;
};

} // namespace boltz
