// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The progress of a training, a line an epoch.

#include <boltz/training/training_info.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
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
    void show_batch(TrainingInfo const& info);

    void show_epoch(TrainingInfo const& info);

    static std::string format(char const* pattern, double value);
    static std::string number(double value) { return format("%.4g", value); }
    static std::string seconds(double value) { return format(value < 10 ? "%5.2f s" : "%5.1f s", value); }

    static std::string head(TrainingInfo const& info, std::uint64_t epoch);

    static std::string bar(TrainingInfo const& info);

    // Only what this call has done: a resumed epoch began elsewhere.
    std::string rate(TrainingInfo const& info) const;

    std::string left(TrainingInfo const& info) const;

    void show(std::string const& line);

    void end_line();

    std::ostream* out_;
    Terminal terminal_;
    std::size_t columns_;
    Time::time_point start_{};
    Time::time_point shown_{};
    std::uint64_t first_update_ = 0;
    std::size_t width_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/progress.hpp>
#endif
