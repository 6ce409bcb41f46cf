// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/progress.hpp>

#include <boltz/training/training_info.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <string>

namespace boltz {

BOLTZ_INLINE void Progress::show_batch(TrainingInfo const& info) {
    shown_ = Time::now();
    show(head(info, info.clock.epoch + 1) + ' ' + bar(info) + rate(info) + left(info));
}

BOLTZ_INLINE void Progress::show_epoch(TrainingInfo const& info) {
    std::string line = head(info, info.clock.epoch) + ' ' + seconds(info.epoch_seconds) + rate(info);
    std::string const rest = info.finished ? std::string{} : left(info);
    // A line that wraps cannot be written over, so on a terminal it holds as many metrics as fit.
    bool full = false;
    auto const add = [&](std::string const& text) {
        full = full || (terminal_ == Terminal::yes && line.size() + text.size() + rest.size() >= columns_);
        if (!full) line += text;
    };
    for (Metric const& metric : *info.metrics) add("  " + metric.name + ' ' + number(metric.value));
    if (info.inference.sweeps > 1) add("  sweeps " + std::to_string(info.inference.sweeps));
    show(line + rest);
    bool const remarks = info.remarks != nullptr && !info.remarks->empty();
    if (terminal_ == Terminal::no || info.finished || remarks) end_line();
    if (remarks)
        for (std::string const& remark : *info.remarks) *out_ << "  " << remark << std::endl;
}

BOLTZ_INLINE std::string Progress::format(char const* pattern, double value) {
    char text[32];
    std::snprintf(text, sizeof text, pattern, value);
    return text;
}

BOLTZ_INLINE std::string Progress::head(TrainingInfo const& info, std::uint64_t epoch) {
    std::string const total = std::to_string(info.epochs);
    std::string const done = std::to_string(epoch);
    return info.phase + "  epoch " + std::string(total.size() - std::min(total.size(), done.size()), ' ') + done +
           '/' + total;
}

BOLTZ_INLINE std::string Progress::bar(TrainingInfo const& info) {
    constexpr std::size_t width = 20;
    auto const full = static_cast<std::size_t>(info.clock.batch * width / info.batches);
    return '[' + std::string(full, '=') + std::string(width - full, ' ') + ']';
}

BOLTZ_INLINE std::string Progress::rate(TrainingInfo const& info) const {
    std::uint64_t const of_epoch = info.clock.batch > 0 ? info.clock.batch : info.batches;
    auto const done = static_cast<double>(std::min(of_epoch, info.clock.update - first_update_));
    double const cases = done / static_cast<double>(info.batches) * static_cast<double>(info.cases);
    return format(" %7.0f cases/s", cases / std::max(info.epoch_seconds, 1e-9));
}

BOLTZ_INLINE std::string Progress::left(TrainingInfo const& info) const {
    double const done = static_cast<double>(info.clock.update - first_update_);
    double const all = static_cast<double>(info.epochs * info.batches - first_update_);
    double const spent = std::chrono::duration<double>(Time::now() - start_).count();
    if (done < 1 || all <= done) return {};
    double const rest = spent * (all - done) / done;
    if (rest >= 5400) return format("  %.1f h left", rest / 3600);
    if (rest >= 90) return format("  %.0f min left", rest / 60);
    return format("  %.0f s left", std::ceil(rest));
}

BOLTZ_INLINE void Progress::show(std::string const& line) {
    if (terminal_ == Terminal::yes) {
        *out_ << '\r' << line;
        if (line.size() < width_) *out_ << std::string(width_ - line.size(), ' ');
        width_ = line.size();
    } else {
        *out_ << line;
    }
    *out_ << std::flush;
}

BOLTZ_INLINE void Progress::end_line() {
    *out_ << std::endl;
    width_ = 0;
}

} // namespace boltz
