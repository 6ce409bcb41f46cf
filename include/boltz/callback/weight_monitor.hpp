// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the size of the weights.

#include <boltz/concepts.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/training/training_info.hpp>

namespace boltz {

/// Measures "weight_norm_c", the root mean square of the weights of connection c; in an RBM or DBM those between
/// layers c and c + 1.
struct WeightMonitor {
    template <std::floating_point T>
    void on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) const;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/weight_monitor.hpp>
#endif
