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
/// The metric must come from a monitor that stands before it.
class EarlyStop {
  public:
    enum class Better { lower, higher };

    explicit EarlyStop(std::string metric, std::size_t patience = 5, Better better = Better::lower)
        : metric_{std::move(metric)}, patience_{patience}, better_{better} {}

    /// @throws ValueError if no monitor has measured the metric.
    template <class M>
    bool on_epoch_end(M const&, TrainingInfo const& info) {
        for (Metric const& metric : *info.metrics)
            if (metric.name == metric_) return judge(metric.value, static_cast<std::size_t>(info.clock.epoch));
        detail::fail<ValueError>("EarlyStop: no callback before it measures '", metric_, "'");
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
};

} // namespace boltz
