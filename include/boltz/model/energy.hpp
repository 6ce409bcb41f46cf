// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Energies and free energies of states, in nats.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>

#include <xtensor/xbuilder.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {
namespace detail {

/// out[i] += sum_l b_l' s_l + sum_l s_l' W_l s_{l+1} for row i; for means this is the expectation under a factorised
/// distribution.
template <concepts::Field F>
void add_couplings(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                   std::span<double> out) {
    using T = typename F::value_type;
    for_each_index<F::depth>([&](auto l) {
        Matrix<T> input = xt::zeros<T>({states[l].rows, states[l].columns});
        field.template input<l>(states, Block{input}, Factors{.below = l > 0 ? 1.0 : 0.0, .above = 0});
        for (std::size_t i = 0; i < states[l].rows; ++i)
            out[i] += dot(states[l].row(i).data(), Block{input}.row(i).data(), states[l].columns);
    });
}

} // namespace detail

/// E(s) of each row, in nats: sum_l [e_l(s_l) - b_l' s_l] - sum_l s_l' W_l s_{l+1}.
///
/// Accumulates in double; one product a pair of layers; allocates.
/// @throws ShapeError if a block does not fit its layer.
template <concepts::Field F>
[[nodiscard]] std::vector<double> energy(F const& field,
                                         StateBlocks<typename F::value_type, F::depth> const& states) {
    using T = typename F::value_type;
    detail::check_states(field, states, detail::all_layers<F::depth>(), "energy");
    std::vector<double> result(states[0].rows, 0.0);
    detail::add_couplings(field, states, result);
    for (double& value : result) value = -value;
    detail::for_each_index<F::depth>(
        [&](auto l) { field.template layer<l>().unit().add_own_term(Block<T const>{states[l]}, std::span{result}); });
    return result;
}

/// log of the sum (or integral) over all layers of one parity of exp(-E), given the layers of the other parity, for
/// each row, in nats.
///
/// log sum_{s_l: l odd} exp(-E(s)) = sum_{l even} [b_l' s_l - e_l(s_l)] + sum_{l odd} A_l(x_l) for `SummedParity` =
/// 1, and the other way round for 0. Only the blocks of the given parity are read. Allocates.
/// @throws ShapeError if a block does not fit its layer.
template <std::size_t SummedParity, concepts::Field F>
    requires(SummedParity <= 1)
[[nodiscard]] std::vector<double> log_marginal(F const& field,
                                               StateBlocks<typename F::value_type, F::depth> const& states) {
    using T = typename F::value_type;
    std::array<bool, F::depth> given{};
    for (std::size_t l = 0; l < F::depth; ++l) given[l] = l % 2 != SummedParity;
    detail::check_states(field, states, given, "log_marginal");
    std::size_t const rows = states[1 - SummedParity].rows;
    std::vector<double> result(rows, 0.0);
    std::vector<double> own(rows, 0.0);
    detail::for_each_index<F::depth>([&](auto l) {
        auto const& layer = field.template layer<l>();
        if constexpr (l % 2 == SummedParity) {
            Matrix<T> input = xt::zeros<T>({rows, layer.size()});
            field.template input<l>(states, Block{input});
            layer.unit().add_log_partition(Block<T const>{input}, std::span{result});
        } else {
            layer.unit().add_own_term(Block<T const>{states[l]}, std::span{own});
            // Through the field and not from the layer, since a view of a model may scale or temper what it says.
            Matrix<T> bias = xt::zeros<T>({std::size_t{1}, layer.size()});
            field.template input<l>(states, Block{bias}, Factors{.below = 0, .above = 0});
            for (std::size_t i = 0; i < rows; ++i)
                result[i] += detail::dot(states[l].row(i).data(), bias.data(), layer.size());
        }
    });
    for (std::size_t i = 0; i < rows; ++i) result[i] -= own[i];
    return result;
}

/// The free energy of an RBM's visible states, F(v) = -log sum_h exp(-E(v, h)), for each row, in nats.
///
/// p(v) = exp(-F(v)) / Z. One product; allocates.
/// @throws ShapeError if `visible` does not have one column a visible unit.
template <concepts::Field F>
    requires(F::depth == 2)
[[nodiscard]] std::vector<double> free_energy(F const& field, Block<typename F::value_type> visible) {
    std::vector<double> result = log_marginal<1>(field, StateBlocks<typename F::value_type, 2>{visible, {}});
    for (double& value : result) value = -value;
    return result;
}

/// The same for a matrix of visible states, of which a copy is made.
template <concepts::Field F>
    requires(F::depth == 2)
[[nodiscard]] std::vector<double> free_energy(F const& field, Matrix<typename F::value_type> const& visible) {
    auto copy = visible;
    return free_energy(field, Block{copy});
}

} // namespace boltz
