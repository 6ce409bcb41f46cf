// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Learning rates that differ from layer to layer.

#include <boltz/schedule.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace boltz {

/// Multipliers of a learning rate, one a layer from layer 0 on; layers without one have 1.
///
/// A layer's biases and the weights that feed it (those of a connection belong to its upper layer) take its
/// multiplier. With a multiplier of 0 a layer is frozen: nothing of it moves or decays. `Schedule::per_epoch({0, 1},
/// 5)` freezes it for five epochs.
using LayerRates = std::vector<Schedule>;

namespace detail {

/// The multiplier of a layer now.
[[nodiscard]] inline double layer_rate(LayerRates const& rates, std::size_t layer, Clock const& clock) noexcept {
    return layer < rates.size() ? rates[layer](clock) : 1.0;
}

/// Refuses multipliers that begin negative or not finite, and more of them than the `layers` of the model.
/// @throws ValueError
void check_layer_rates(LayerRates const& rates, std::string_view policy, std::size_t layers);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/layer_rates.hpp>
#endif
