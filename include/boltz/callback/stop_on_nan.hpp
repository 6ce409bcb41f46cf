// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Ends a training that has diverged.

#include <boltz/model/parameter_set.hpp>
#include <boltz/training/training_info.hpp>

namespace boltz {

/// Ends a training at the end of the first epoch after which a parameter is not a finite number; `triggered()` is
/// true then.
///
/// `Checkpoint` never writes such a model, so the last good checkpoint survives.
class StopOnNaN {
  public:
    template <std::floating_point T>
    bool on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info);
    [[nodiscard]] bool triggered() const noexcept { return triggered_; }

  private:
    bool triggered_ = false;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/stop_on_nan.hpp>
#endif
