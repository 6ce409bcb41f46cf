// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling of the free units given clamped ones, of any layers.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/sampling/gibbs.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace boltz {

/// Which units keep their states, for each case.
template <std::floating_point T, std::size_t Depth>
struct Clamps {
    /// 1 where a unit keeps its state and 0 where it is free, in the shape of the states; an empty block for a layer
    /// that is free as a whole.
    std::array<Block<T const>, Depth> masks{};
    /// Layers all of whose units keep their states in all cases; their masks are not read.
    Observed<Depth> whole{};

    /// Rows first .. first + count - 1.
    [[nodiscard]] Clamps row_range(std::size_t first, std::size_t count) const noexcept {
        Clamps result = *this;
        for (auto& mask : result.masks)
            if (mask.columns > 0) mask = mask.row_range(first, count);
        return result;
    }

    /// Layers some of whose units keep their states in some case.
    [[nodiscard]] Observed<Depth> touched() const noexcept {
        Observed<Depth> result = whole;
        for (std::size_t l = 0; l < Depth; ++l) result[l] = result[l] || masks[l].columns > 0;
        return result;
    }
};

/// Draws the free units of every layer of one parity given their neighbours and the clamped units of their own layer,
/// for a block of rows, in place.
///
/// The exact conditional: units are independent given their neighbours, except within units that have `sample_given`
/// (the trials of a multinomial group that the clamped categories leave are spread over the free ones). `scratch` has
/// the shape of the states; layers none of whose units is clamped do not use it and are drawn as by
/// `gibbs_half_sweep`. One product a pair of layers; allocates nothing.
template <concepts::Field F>
void clamped_half_sweep(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                        Clamps<typename F::value_type, F::depth> const& clamps,
                        StateBlocks<typename F::value_type, F::depth> const& scratch, Parity parity,
                        Draws const& draws) {
    gibbs_half_sweep(field, states, parity, draws, clamps.touched());
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity) || clamps.whole[l] || clamps.masks[l].columns == 0) return;
        field.template input<l>(states, scratch[l]);
        detail::sample_given(field.template layer<l>().unit(), scratch[l], clamps.masks[l], states[l],
                             draws.stream(l));
    });
}

/// The same, also writing to `means` the means of the free units given their neighbours and the clamped units of
/// their own layer; clamped units stand there with their values.
template <concepts::Field F>
void clamped_half_sweep_with_means(F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
                                   StateBlocks<typename F::value_type, F::depth> const& means,
                                   Clamps<typename F::value_type, F::depth> const& clamps,
                                   StateBlocks<typename F::value_type, F::depth> const& scratch, Parity parity,
                                   Draws const& draws) {
    using T = typename F::value_type;
    detail::for_each_index<F::depth>([&](auto l) {
        if (l % 2 != static_cast<std::size_t>(parity)) return;
        if (clamps.whole[l]) {
            copy(states[l], means[l]);
            return;
        }
        auto const& unit = field.template layer<l>().unit();
        field.template input<l>(states, means[l]);
        if (clamps.masks[l].columns == 0) {
            detail::mean_and_sample(unit, means[l], states[l], draws.stream(l));
            return;
        }
        copy(means[l], scratch[l]);
        detail::mean_given(unit, means[l], clamps.masks[l], Block<T const>{states[l]});
        detail::sample_given(unit, scratch[l], clamps.masks[l], states[l], draws.stream(l));
    });
}

} // namespace boltz
