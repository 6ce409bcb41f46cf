// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The best value of a metric so far.

#include <boltz/error.hpp>
#include <boltz/training/training_info.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace boltz {

/// Which of two values of a metric is better.
enum class Better { lower, higher };

/// Follows a metric from epoch to epoch and knows its best value; what is not a number is no improvement.
class BestMetric {
  public:
    BestMetric(std::string metric, Better better) : metric_{std::move(metric)}, better_{better} {}

    /// Forgets everything, as when a phase begins.
    void reset() noexcept {
        value_ = std::numeric_limits<double>::quiet_NaN();
        epoch_ = 0;
        measured_ = 0;
    }

    /// Whether this epoch is the best so far; nothing if the metric is not measured in it. An epoch that is not
    /// `eligible` is never the best.
    /// @throws ValueError, in the name of `who`, if the phase ends and the metric has never been measured.
    std::optional<bool> look(TrainingInfo const& info, char const* who, bool eligible = true) {
        for (Metric const& metric : *info.metrics) {
            if (metric.name != metric_) continue;
            measured_ = 1;
            bool const better =
                epoch_ == 0 || (better_ == Better::lower ? metric.value < value_ : metric.value > value_);
            if (!eligible || !better || std::isnan(metric.value)) return false;
            value_ = metric.value;
            epoch_ = info.clock.epoch;
            return true;
        }
        if (info.finished && measured_ == 0)
            detail::fail<ValueError>(who, ": no callback before it measures '", metric_, "'");
        return std::nullopt;
    }

    [[nodiscard]] std::string const& metric() const noexcept { return metric_; }
    /// The best value so far and the epoch (from 1) that gave it.
    [[nodiscard]] double value() const noexcept { return value_; }
    [[nodiscard]] std::size_t epoch() const noexcept { return static_cast<std::size_t>(epoch_); }

    template <class Archive>
    void archive(Archive& archive) {
        archive("value", value_);
        archive("epoch", epoch_);
        archive("measured", measured_);
    }

  private:
    std::string metric_;
    Better better_;
    double value_ = std::numeric_limits<double>::quiet_NaN();
    std::uint64_t epoch_ = 0;
    std::uint64_t measured_ = 0;
};

} // namespace boltz
