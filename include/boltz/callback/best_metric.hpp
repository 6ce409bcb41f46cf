// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The best value of a metric so far.

#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace boltz {

/// Which of two values of a metric is better.
enum class Better { lower, higher };

/// Follows a metric from epoch to epoch: its best value, and how long it has not improved.
///
/// A value that is not a number means that the metric could not be measured: it is neither better nor worse, and the
/// epochs up to it do not count as epochs without improvement.
class BestMetric {
  public:
    BestMetric(std::string metric, Better better) : metric_{std::move(metric)}, better_{better} {}

    /// Forgets everything, as when a phase begins.
    void reset() noexcept;

    /// Whether this epoch is the best so far; nothing if the metric is not in it, or not a number. An epoch that is
    /// not `eligible` is never the best. There is a remark after the first epoch if the metric is missing.
    /// @throws ValueError, in the name of `who`, if the phase ends and the metric has never been measured.
    std::optional<bool> look(TrainingInfo const& info, char const* who, bool eligible = true);

    [[nodiscard]] std::string const& metric() const noexcept { return metric_; }
    /// As a text, for remarks.
    [[nodiscard]] char const* direction() const noexcept {
        return better_ == Better::lower ? "lower is better" : "higher is better";
    }
    /// The best value so far and the epoch (from 1) that gave it.
    [[nodiscard]] double value() const noexcept { return value_; }
    [[nodiscard]] std::size_t epoch() const noexcept { return static_cast<std::size_t>(epoch_); }

    /// Epochs since the best one, or since `wait_again`, short of those that ended in what is not a number.
    [[nodiscard]] std::uint64_t waited() const noexcept { return waited_; }
    void wait_again() noexcept { waited_ = 0; }
    /// How many values in a row, up to the last one, were not numbers.
    [[nodiscard]] std::uint64_t unmeasured() const noexcept { return unmeasured_; }

    void archive(Archive& archive);

  private:
    // Said after the first epoch, when a wrong name can still be mended.
    [[nodiscard]] std::string remark_of_missing(TrainingInfo const& info, char const* who) const;

    std::string metric_;
    Better better_;
    double value_ = std::numeric_limits<double>::quiet_NaN();
    std::uint64_t epoch_ = 0;
    std::uint64_t measured_ = 0; // whether the metric has ever been there, as a number or not
    std::uint64_t waited_ = 0;
    std::uint64_t looked_ = 0; // the last epoch in which the metric was there
    std::uint64_t unmeasured_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/best_metric.hpp>
#endif
