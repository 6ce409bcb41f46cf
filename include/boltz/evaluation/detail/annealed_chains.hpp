// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Chains that are taken from one temperature to another.

#include <boltz/any_field.hpp>
#include <boltz/draws.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace boltz::detail {

/// In which order the layers that are not summed out are drawn: by their numbers, or in reverse. One is the time
/// reversal of the other.
enum class Order { up, down };

/// A block of chains on the path p_beta of `Tempered`, some layers observed and some summed out.
///
/// The layers that are summed out have no weights in common. A state is that of the remaining, kept layers K, and its
/// weight is
/// f_beta(K) = log sum exp(-E_beta) = (1 - beta) L_base(K) + beta L_model(K) + sum_{l summed} A_l(x_l) - e(K)
/// with L(K) = sum_{l kept} b_l' s_l + sum_{k, l kept} s_k' W s_l and x linear in beta. So the inputs of base and
/// model are computed once for a state and A at any beta follows from them. Kept layers have no self energy in
/// differences of f. The input from observed layers is a bias of their neighbours and computed once.
template <std::floating_point T>
class AnnealedChains {
  public:
    /// Refers to field and base.
    AnnealedChains(AnyField<T> const& field, PathBase<T> base, LayerSet observed, LayerSet summed, std::size_t rows);

    [[nodiscard]] std::size_t rows() const noexcept { return states_.rows(); }
    /// The states; those of summed layers mean nothing between calls.
    [[nodiscard]] StatesView<T> states() noexcept { return states_.blocks(); }

    /// Takes over the observed states: to be called once they are written, before anything else.
    void condition();

    /// out[i] += the log of the sum of exp(-E_0) over what is not observed, for a base without weights, less the
    /// terms of observed layers under the base, plus those under the model: what the log-weights are relative to.
    void add_base_sum(std::span<double> out);

    /// Draws all kept layers from a base without weights.
    void draw_from_base(Draws const& draws);

    /// Computes the inputs of the layers that are summed out: to be called when kept layers have been written.
    void update_inputs();

    /// out[i] += f_there(K) - f_here(K) for the state of chain i. No product; allocates nothing.
    void add_difference(double here, double there, std::span<double> out);

    /// One Gibbs sweep at `beta`: summed layers given the kept ones, then each kept one given the rest. Leaves
    /// p_beta as it is; the other order is its time reversal. Two products a connection, three if both layers are
    /// kept.
    void move(double beta, Order order, Draws const& draws);

  private:
    // The input from neighbours that are not observed, added to what is there.
    [[nodiscard]] Factors from_free() const noexcept { return {.bias = 0, .keep = 1, .among = ~observed_}; }

    // The neighbours of a layer in a set that have lower numbers, so that each pair of layers counts once.
    [[nodiscard]] LayerSet below(std::size_t l, LayerSet set) const noexcept {
        return field_->graph().neighbour_set(l) & set & LayerSet::first(l);
    }

    static void add_dots(Block<T const> x, Block<T const> y, double sign, std::span<double> out);

    // Puts the natural parameters of the summed layers at this temperature into their states.
    void mix(double beta);

    void add_log_partitions(std::span<double> out);

    void draw_kept(std::size_t l, Tempered<T> const& tempered, Draws const& draws);

    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    AnyField<T> const* field_;
    PathBase<T> base_;
    LayerSet observed_;
    LayerSet summed_;
    LayerSet kept_;
    States<T> states_;
    States<T> biases_;      // own and the input from observed neighbours
    States<T> base_biases_; // the same of the base
    States<T> inputs_;
    States<T> base_inputs_;
    std::vector<double> linear_; // L_model - L_base
    std::vector<double> before_;
    std::vector<double> after_;
    double mixed_at_ = none;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/detail/annealed_chains.hpp>
#endif
