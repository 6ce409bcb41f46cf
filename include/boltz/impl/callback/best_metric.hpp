// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/best_metric.hpp>

#include <boltz/error.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace boltz {

BOLTZ_INLINE void BestMetric::reset() noexcept {
    value_ = std::numeric_limits<double>::quiet_NaN();
    epoch_ = 0;
    measured_ = 0;
    waited_ = 0;
    looked_ = 0;
    unmeasured_ = 0;
}

BOLTZ_INLINE std::optional<bool> BestMetric::look(TrainingInfo const& info, char const* who, bool eligible) {
    for (Metric const& metric : *info.metrics) {
        if (metric.name != metric_) continue;
        measured_ = 1;
        std::uint64_t const passed = info.clock.epoch - looked_;
        looked_ = info.clock.epoch;
        if (std::isnan(metric.value)) {
            ++unmeasured_;
            return std::nullopt;
        }
        unmeasured_ = 0;
        waited_ += passed;
        bool const better = epoch_ == 0 || (better_ == Better::lower ? metric.value < value_ : metric.value > value_);
        if (!eligible || !better) return false;
        value_ = metric.value;
        epoch_ = info.clock.epoch;
        waited_ = 0;
        return true;
    }
    if (info.finished && measured_ == 0)
        detail::fail<ValueError>(who, ": no callback before it measures '", metric_, "'");
    if (info.clock.epoch == 1) info.remark(remark_of_missing(info, who));
    return std::nullopt;
}

BOLTZ_INLINE void BestMetric::archive(Archive& archive) {
    archive("value", value_);
    archive("epoch", epoch_);
    archive("measured", measured_);
    archive("waited", waited_);
    archive("looked", looked_);
    archive("unmeasured", unmeasured_);
}

BOLTZ_INLINE std::string BestMetric::remark_of_missing(TrainingInfo const& info, char const* who) const {
    std::string text = std::string{who} + ": no callback before it has measured '" + metric_ + "' yet; there are";
    for (Metric const& metric : *info.metrics) text += ' ' + metric.name;
    return info.metrics->empty() ? text + " no metrics" : text;
}

} // namespace boltz
