// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How a rate changes while a training runs.

#include <boltz/clock.hpp>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace boltz {

/// A number that changes while a training runs: a learning rate, a momentum, the k of CD-k.
///
/// A plain number converts to a constant schedule, so `Sgd{.learning_rate = 0.05}` reads as it should.
/// Time t counts epochs or updates from 0. Evaluating allocates nothing.
class Schedule {
  public:
    /// What t counts.
    enum class Time { epoch, update };

    /// value(t) = constant.
    Schedule(double constant = 0.0) : Schedule{Kind::list, {constant}, Time::epoch, 1} {}

    /// value = values[t / epochs_each], and the last one from then on.
    ///
    /// `per_epoch({0.5, 0.9}, 5)`: 0.5 for five epochs, 0.9 afterwards.
    /// @throws ValueError if there are no values or `epochs_each` is 0.
    [[nodiscard]] static Schedule per_epoch(std::vector<double> values, std::size_t epochs_each = 1);

    /// value(t) = max(initial * factor^t, floor).
    [[nodiscard]] static Schedule exponential(double initial, double factor, Time time = Time::epoch,
                                              double floor = -std::numeric_limits<double>::infinity());

    /// From `from` to `to` in `duration` steps of equal ratio, then `to`.
    /// @throws ValueError if an end is not positive.
    [[nodiscard]] static Schedule geometric(double from, double to, std::size_t duration, Time time = Time::epoch);

    /// From `from` to `to` in `duration` steps of equal difference, then `to`.
    [[nodiscard]] static Schedule linear(double from, double to, std::size_t duration, Time time = Time::epoch);

    /// value(t) = initial / (1 + t / scale): half of it at t = scale.
    /// @throws ValueError if `scale` is not positive.
    [[nodiscard]] static Schedule inverse_time(double initial, double scale, Time time = Time::epoch);

    /// The value at a moment of a training.
    [[nodiscard]] double operator()(Clock const& clock) const noexcept;

  private:
    enum class Kind { list, exponential, geometric, linear, inverse_time };

    Schedule(Kind kind, std::vector<double> values, Time time, std::size_t duration)
        : kind_{kind}, values_{std::move(values)}, time_{time}, duration_{duration} {}

    Kind kind_;
    std::vector<double> values_;
    Time time_;
    std::size_t duration_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/schedule.hpp>
#endif
