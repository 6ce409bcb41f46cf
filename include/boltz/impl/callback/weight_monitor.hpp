// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/weight_monitor.hpp>

#include <boltz/concepts.hpp>
#include <boltz/training/training_info.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace boltz {

template <std::floating_point T>
void WeightMonitor::on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) const {
    for (std::size_t c = 0; c < model.weight_connections().size(); ++c) {
        Block<T const> const weights = model.weight_block(c);
        std::size_t const size = weights.rows * weights.columns;
        double const squares = detail::dot(weights.data, weights.data, size);
        info.metrics->push_back({"weight_norm_" + std::to_string(c), std::sqrt(squares / static_cast<double>(size))});
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void WeightMonitor::on_epoch_end<T>(AnyParametric<T> const& model, TrainingInfo const& info) const;
#include <boltz/detail/instantiate.hpp>
