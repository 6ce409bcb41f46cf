// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The progress of a training, a line an epoch.

#include <boltz/training/training_info.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <string>

namespace boltz {

/// Whether a stream shows a line that can be written over.
enum class Terminal { no, yes };

/// Writes how a training goes to a stream: on a terminal one line that is written over several times a second, with
/// rate and time left, and otherwise one plain line an epoch. Metrics of the monitors before it are part of the line;
/// remarks of callbacks before it (`TrainingInfo::remark`) follow, a line each.
///
/// `Progress{std::clog}` writes plain lines; `Progress{std::clog, Terminal::yes, columns}` is for a terminal of that
/// width, and leaves out the metrics that would not fit on one line.
class Progress {
  public:
    explicit Progress(std::ostream& out, Terminal terminal = Terminal::no, std::size_t columns = 100)
        : out_{&out}, terminal_{terminal}, columns_{columns} {}

    template <class M>
    void on_train_begin(M const&, TrainingInfo const& info) {
        start_ = Time::now();
        first_update_ = info.clock.update;
        shown_ = start_ - std::chrono::seconds{1};
    }

    template <class M>
    void on_batch_end(M const&, TrainingInfo const& info) {
        if (terminal_ == Terminal::yes && Time::now() - shown_ >= std::chrono::milliseconds{200}) show_batch(info);
    }

    template <class M>
    void on_epoch_end(M const&, TrainingInfo const& info) {
        show_epoch(info);
    }

    template <class M>
    void on_train_end(M const&, TrainingInfo const& info) {
        if (!info.finished) end_line();
    }

  private:
    using Time = std::chrono::steady_clock;

    // Compiled once, not into the training of each model.
    void show_batch(TrainingInfo const& info) {
        shown_ = Time::now();
        show(head(info, info.clock.epoch + 1) + ' ' + bar(info) + rate(info) + left(info));
    }

    void show_epoch(TrainingInfo const& info) {
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

    static std::string format(char const* pattern, double value) {
        char text[32];
        std::snprintf(text, sizeof text, pattern, value);
        return text;
    }
    static std::string number(double value) { return format("%.4g", value); }
    static std::string seconds(double value) { return format(value < 10 ? "%5.2f s" : "%5.1f s", value); }

    static std::string head(TrainingInfo const& info, std::uint64_t epoch) {
        std::string const total = std::to_string(info.epochs);
        std::string const done = std::to_string(epoch);
        return info.phase + "  epoch " + std::string(total.size() - std::min(total.size(), done.size()), ' ') + done +
               '/' + total;
    }

    static std::string bar(TrainingInfo const& info) {
        constexpr std::size_t width = 20;
        auto const full = static_cast<std::size_t>(info.clock.batch * width / info.batches);
        return '[' + std::string(full, '=') + std::string(width - full, ' ') + ']';
    }

    // Only what this call has done: a resumed epoch began elsewhere.
    std::string rate(TrainingInfo const& info) const {
        std::uint64_t const of_epoch = info.clock.batch > 0 ? info.clock.batch : info.batches;
        auto const done = static_cast<double>(std::min(of_epoch, info.clock.update - first_update_));
        double const cases = done / static_cast<double>(info.batches) * static_cast<double>(info.cases);
        return format(" %7.0f cases/s", cases / std::max(info.epoch_seconds, 1e-9));
    }

    std::string left(TrainingInfo const& info) const {
        double const done = static_cast<double>(info.clock.update - first_update_);
        double const all = static_cast<double>(info.epochs * info.batches - first_update_);
        double const spent = std::chrono::duration<double>(Time::now() - start_).count();
        if (done < 1 || all <= done) return {};
        double const rest = spent * (all - done) / done;
        if (rest >= 5400) return format("  %.1f h left", rest / 3600);
        if (rest >= 90) return format("  %.0f min left", rest / 60);
        return format("  %.0f s left", std::ceil(rest));
    }

    void show(std::string const& line) {
        if (terminal_ == Terminal::yes) {
            *out_ << '\r' << line;
            if (line.size() < width_) *out_ << std::string(width_ - line.size(), ' ');
            width_ = line.size();
        } else {
            *out_ << line;
        }
        *out_ << std::flush;
    }

    void end_line() {
        *out_ << std::endl;
        width_ = 0;
    }

    std::ostream* out_;
    Terminal terminal_;
    std::size_t columns_;
    Time::time_point start_{};
    Time::time_point shown_{};
    std::uint64_t first_update_ = 0;
    std::size_t width_ = 0;
};

} // namespace boltz
