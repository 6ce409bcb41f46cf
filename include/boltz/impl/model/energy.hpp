// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/energy.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/reductions.hpp>
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

template <std::floating_point T>
std::vector<double> energy(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states) {
    std::size_t const rows = detail::check_states(field, states, LayerSet::all(), "energy");
    std::vector<double> result(rows, 0.0);
    detail::add_couplings(field, states, result);
    for (double& value : result) value = -value;
    for (std::size_t l = 0; l < field.layers(); ++l) field.unit(l).add_self_energy(states[l], std::span{result});
    return result;
}

template <std::floating_point T>
std::vector<double> log_marginal(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                 LayerSet summed) {
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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void add_couplings<T>(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,       \
                                   std::span<double> out);                                                           \
    }                                                                                                                \
    template std::vector<double> energy<T>(AnyField<T> const& field,                                                 \
                                           std::type_identity_t<StatesView<T const>> states);                        \
    template std::vector<double> log_marginal<T>(AnyField<T> const& field,                                           \
                                                 std::type_identity_t<StatesView<T const>> states, LayerSet summed);
#include <boltz/detail/instantiate.hpp>
