// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Energies and free energies of states, in nats.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {
namespace detail {

/// out[i] += sum over layers of b_l' s_l + sum over connections (k, l) of s_k' W s_l for row i; for means this is the
/// expectation under a factorised distribution. Each connection is added at its upper layer.
template <std::floating_point T>
void add_couplings(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                   std::span<double> out) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        Block<T const> const layer = states[l];
        Matrix<T> input = zero_matrix<T>(out.size(), layer.columns);
        field.input(l, states, Block{input}, {.above = 0});
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] += dot(layer.row(i).data(), Block{input}.row(i).data(), layer.columns);
    }
}

} // namespace detail

/// E(s) of each row, in nats: sum over layers of [e_l(s_l) - b_l' s_l] - sum over connections (k, l) of s_k' W s_l.
///
/// Accumulates in double; one product a connection; allocates.
/// @throws ShapeError if a block does not fit its layer.
template <std::floating_point T>
[[nodiscard]] std::vector<double> energy(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states) {
    std::size_t const rows = detail::check_states(field, states, LayerSet::all(), "energy");
    std::vector<double> result(rows, 0.0);
    detail::add_couplings(field, states, result);
    for (double& value : result) value = -value;
    for (std::size_t l = 0; l < field.layers(); ++l) field.unit(l).add_self_energy(states[l], std::span{result});
    return result;
}

/// log of the sum (or integral) over the layers `summed` of exp(-E), given all other layers, for each row, in nats.
///
/// log sum_{s_l: l summed} exp(-E(s)) = sum over the given layers of [b_l' s_l - e_l(s_l)] + sum over connections
/// (k, l) of given layers of s_k' W s_l + sum over the summed layers of A_l(x_l). Only the blocks of the given layers
/// are read. One product a connection; allocates.
/// @throws ValueError if layers to be summed have weights in common; ShapeError if a block does not fit its layer.
template <std::floating_point T>
[[nodiscard]] std::vector<double> log_marginal(AnyField<T> const& field,
                                               std::type_identity_t<StatesView<T const>> states, LayerSet summed) {
    if (!field.graph().independent(summed))
        detail::fail<ValueError>("log_marginal: the layers to be summed have weights in common, but only layers that "
                                 "are independent given the others can be summed in closed form");
    std::size_t const rows = detail::check_states(field, states, ~summed, "log_marginal");
    StatesView<T const> const given = states.row_range(0, rows);
    std::vector<double> result(rows, 0.0);
    std::vector<double> own(rows, 0.0);
    for (std::size_t l = 0; l < field.layers(); ++l) {
        AnyUnit<T> const& unit = field.unit(l);
        std::size_t const size = field.sizes()[l];
        if (summed[l]) {
            Matrix<T> input = zero_matrix<T>(rows, size);
            field.input(l, given, Block{input});
            unit.add_log_partition(Block<T const>{input}, std::span{result});
            continue;
        }
        unit.add_self_energy(given[l], std::span{own});
        // Through the field and not from the layer, since a view of a model may scale or temper the bias.
        bool const coupled = !(field.graph().neighbour_set(l) & ~summed).empty();
        Matrix<T> input = zero_matrix<T>(coupled ? rows : std::size_t{1}, size);
        field.input(l, given, Block{input}, {.above = 0, .among = ~summed});
        for (std::size_t i = 0; i < rows; ++i)
            result[i] += detail::dot(given[l].row(i).data(), Block{input}.row(coupled ? i : 0).data(), size);
    }
    for (std::size_t i = 0; i < rows; ++i) result[i] -= own[i];
    return result;
}

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
