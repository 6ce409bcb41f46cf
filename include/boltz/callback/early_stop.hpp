// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Ends a training that no longer improves.

#include <boltz/error.hpp>
#include <boltz/training/training_info.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace boltz {

/// Ends a training once a metric has not improved for `patience` epochs; lower is better, or higher with
/// `Better::higher`. What is not a number is no improvement.
///
/// The metric must come from a monitor that stands before it. In a pretraining it ends the RBM at hand, not the
/// whole. What it remembers is not part of a checkpoint: a resumed phase is judged anew from where it goes on.
class EarlyStop {
  public:
    enum class Better { lower, higher };

    explicit EarlyStop(std::string metric, std::size_t patience = 5, Better better = Better::lower)
        : metric_{std::move(metric)}, patience_{patience}, better_{better} {}

    /// Each phase of a training, each RBM of a pretraining, is judged by itself.
    template <class M>
    void on_train_begin(M const&, TrainingInfo const&) {
        best_ = std::numeric_limits<double>::quiet_NaN();
        best_epoch_ = 0;
        measured_ = false;
    }

    /// Epochs in which the metric is not measured do not count against it.
    /// @throws ValueError if the phase ends and no callback before this one has ever measured the metric.
    template <class M>
    Stop on_epoch_end(M const&, TrainingInfo const& info) {
        for (Metric const& metric : *info.metrics)
            if (metric.name == metric_) {
                measured_ = true;
                return judge(metric.value, static_cast<std::size_t>(info.clock.epoch)) ? Stop::phase : Stop::no;
            }
        if (info.finished && !measured_)
            detail::fail<ValueError>("EarlyStop: no callback before it measures '", metric_, "'");
        return Stop::no;
    }

    /// The best value so far and the epoch (from 1) that gave it.
    [[nodiscard]] double best() const noexcept { return best_; }
    [[nodiscard]] std::size_t best_epoch() const noexcept { return best_epoch_; }

  private:
    bool judge(double value, std::size_t epoch) {
        bool const better = best_epoch_ == 0 || (better_ == Better::lower ? value < best_ : value > best_);
        if (better && !std::isnan(value)) {
            best_ = value;
            best_epoch_ = epoch;
        }
        return epoch >= best_epoch_ + patience_;
    }

    std::string metric_;
    std::size_t patience_;
    Better better_;
    double best_ = std::numeric_limits<double>::quiet_NaN();
    std::size_t best_epoch_ = 0;
    bool measured_ = false;
};

} // namespace boltz
