// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Lowers the learning rate where a training makes no more progress.

#include <boltz/callback/best_metric.hpp>
#include <boltz/error.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <string>

namespace boltz {

/// Multiplies the learning rates by `factor` each time a metric has not improved for `patience` epochs; lower is
/// better, or higher with `Better::higher`. What is not a number has not been measured: the epochs up to it do not
/// count, and there is a remark when there have been `patience` such values in a row.
///
/// The metric must come from a monitor that stands before it, and checkpoints should be written after it. Each phase
/// of a training is judged by itself. The optimizer must have rates to lower.
class ReduceRateOnPlateau {
  public:
    /// @throws ValueError if `factor` is not in (0, 1) or `patience` is 0.
    explicit ReduceRateOnPlateau(std::string metric, double factor = 0.2, std::size_t patience = 6,
                                 Better better = Better::lower);

    template <class M>
    void on_train_begin(M const&, TrainingInfo const& info) {
        best_.reset();
        if (!info.scale_rate)
            detail::fail<ValueError>("ReduceRateOnPlateau: the optimizer of ", info.phase, " has no rate to lower");
    }

    /// @throws ValueError if the phase ends and no callback before this one has ever measured the metric.
    template <class M>
    void on_epoch_end(M const&, TrainingInfo const& info) {
        if (!best_.look(info, "ReduceRateOnPlateau") && best_.unmeasured() > 0 && best_.unmeasured() % patience_ == 0)
            info.remark("ReduceRateOnPlateau: " + best_.metric() + " was not a number " +
                        std::to_string(best_.unmeasured()) + " times in a row, so the rates stay as they are");
        if (best_.waited() < patience_) return;
        info.scale_rate(factor_);
        best_.wait_again();
    }

    void archive(Archive& archive) { archive.nested("best", best_); }

  private:
    BestMetric best_;
    double factor_;
    std::size_t patience_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/reduce_rate_on_plateau.hpp>
#endif
