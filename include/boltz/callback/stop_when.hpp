// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Ends a training from outside.

#include <boltz/training/training_info.hpp>

#include <utility>

namespace boltz {

/// Ends a training after the batch during which a condition became true, such as a flag that a signal handler sets.
template <class Condition>
class StopWhen {
  public:
    explicit StopWhen(Condition condition) : condition_{std::move(condition)} {}

    template <class M>
    bool on_batch_end(M const&, TrainingInfo const& info) {
        bool const met = condition_();
        if (met) info.remark("StopWhen: its condition is true");
        return met;
    }

  private:
    Condition condition_;
};

} // namespace boltz
