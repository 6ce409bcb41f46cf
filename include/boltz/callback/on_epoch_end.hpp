// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A callback out of a function.

#include <boltz/training/training_info.hpp>

#include <utility>

namespace boltz {

/// A callback out of a function `f(model, info)` that is called at the end of each epoch and may return true to stop.
template <class F>
class OnEpochEnd {
  public:
    explicit OnEpochEnd(F function) : function_{std::move(function)} {}

    template <class M>
    auto on_epoch_end(M const& model, TrainingInfo const& info) {
        return function_(model, info);
    }

  private:
    F function_;
};

} // namespace boltz
