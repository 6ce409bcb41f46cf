// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains at several temperatures that exchange their states.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/temperature_ladder.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
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
    TemperedChains(std::size_t chains, LayerGraph const& graph, TemperatureLadder ladder);

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
    [[nodiscard]] std::size_t round_trips() const;
    void forget_trips() noexcept;

    /// One step of all chains, after which `ladder` knows the acceptance of each pair that was tried. Layer l draws
    /// from stream l of `draws`, row by row, so the number of threads does not matter; allocates nothing.
    ///
    /// `own` are the field's own biases (`own_base`), `base` those of the base.
    /// @throws ShapeError if field, `own` or `base` have other layers than the chains.
    void step(AnyField<T> const& field, BaseBiases<T> const& own, BaseBiases<T> const& base, Draws const& draws,
              Executor& executor);

    void archive(Archive& archive);

  private:
    [[nodiscard]] static std::size_t room(std::size_t chains, TemperatureLadder const& ladder,
                                          LayerGraph const& graph);

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
    void temper(Block<T> x, Vector<T> const& base, std::size_t first) const noexcept;

    void swap(Draws const& draws, Executor& executor);

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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/tempered_chains.hpp>
#endif
