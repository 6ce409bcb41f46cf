// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Energies and free energies of states, in nats.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {
namespace detail {

/// out[i] += sum over layers of b_l' s_l + sum over connections (k, l) of s_k' W s_l for row i; for means this is the
/// expectation under a factorised distribution. Each connection is added at its upper layer.
template <std::floating_point T>
void add_couplings(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, std::span<double> out);

} // namespace detail

/// E(s) of each row, in nats: sum over layers of [e_l(s_l) - b_l' s_l] - sum over connections (k, l) of s_k' W s_l.
///
/// Accumulates in double; one product a connection; allocates.
/// @throws ShapeError if a block does not fit its layer.
template <std::floating_point T>
[[nodiscard]] std::vector<double> energy(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states);

/// log of the sum (or integral) over the layers `summed` of exp(-E), given all other layers, for each row, in nats.
///
/// log sum_{s_l: l summed} exp(-E(s)) = sum over the given layers of [b_l' s_l - e_l(s_l)] + sum over connections
/// (k, l) of given layers of s_k' W s_l + sum over the summed layers of A_l(x_l). Only the blocks of the given layers
/// are read. One product a connection; allocates.
/// @throws ValueError if layers to be summed have weights in common; ShapeError if a block does not fit its layer.
template <std::floating_point T>
[[nodiscard]] std::vector<double> log_marginal(AnyField<T> const& field,
                                               std::type_identity_t<StatesView<T const>> states, LayerSet summed);

/// The free energy of an RBM's visible states, F(v) = -log sum_h exp(-E(v, h)), for each row, in nats.
///
/// p(v) = exp(-F(v)) / Z. One product; allocates. A model of more layers does not compile, or is refused where their
/// number is known only when the program runs.
/// @throws ShapeError if `visible` does not have one column a visible unit; ValueError if there are not two layers.
template <concepts::MaybeTwoLayers F>
[[nodiscard]] std::vector<double> free_energy(F const& field, Block<typename F::value_type const> visible) {
    using T = typename F::value_type;
    detail::check_two_layers<T>(field, "free_energy");
    StateBlocks<T, 2> const states{detail::for_reading(visible), {}};
    std::vector<double> result = log_marginal<T>(field, states, LayerSet::of(1));
    for (double& value : result) value = -value;
    return result;
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/energy.hpp>
#endif
