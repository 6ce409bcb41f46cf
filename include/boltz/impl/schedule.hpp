// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/schedule.hpp>

#include <boltz/clock.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE Schedule Schedule::per_epoch(std::vector<double> values, std::size_t epochs_each) {
    if (values.empty()) detail::fail<ValueError>("Schedule::per_epoch: values is empty, but needs at least one");
    if (epochs_each == 0) detail::fail<ValueError>("Schedule::per_epoch: epochs_each is 0, but must be at least 1");
    return {Kind::list, std::move(values), Time::epoch, epochs_each};
}

BOLTZ_INLINE Schedule Schedule::exponential(double initial, double factor, Time time, double floor) {
    return {Kind::exponential, {initial, factor, floor}, time, 1};
}

BOLTZ_INLINE Schedule Schedule::geometric(double from, double to, std::size_t duration, Time time) {
    if (!(from > 0 && to > 0))
        detail::fail<ValueError>("Schedule::geometric: from ", from, " to ", to, ", but both must be positive");
    return {Kind::geometric, {from, to}, time, std::max<std::size_t>(duration, 1)};
}

BOLTZ_INLINE Schedule Schedule::linear(double from, double to, std::size_t duration, Time time) {
    return {Kind::linear, {from, to}, time, std::max<std::size_t>(duration, 1)};
}

BOLTZ_INLINE Schedule Schedule::inverse_time(double initial, double scale, Time time) {
    if (!(scale > 0)) detail::fail<ValueError>("Schedule::inverse_time: scale is ", scale, ", but must be positive");
    return {Kind::inverse_time, {initial, scale}, time, 1};
}

BOLTZ_INLINE double Schedule::operator()(Clock const& clock) const noexcept {
    std::uint64_t const ticks = time_ == Time::epoch ? clock.epoch : clock.update;
    auto const t = static_cast<double>(ticks);
    double const progress = std::min(1.0, t / static_cast<double>(duration_));
    switch (kind_) {
    case Kind::exponential: return std::max(values_[0] * std::pow(values_[1], t), values_[2]);
    case Kind::geometric: return values_[0] * std::pow(values_[1] / values_[0], progress);
    case Kind::linear: return values_[0] + (values_[1] - values_[0]) * progress;
    case Kind::inverse_time: return values_[0] / (1.0 + t / values_[1]);
    case Kind::list: break;
    }
    return values_[std::min<std::size_t>(ticks / duration_, values_.size() - 1)];
}

} // namespace boltz
