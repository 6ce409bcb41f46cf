// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Writes metrics to a file.

#include <boltz/training/training_info.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace boltz {

/// Writes every metric of every epoch to a file as it comes, one row a metric: phase, epoch, update, metric, value.
///
/// The time of the epoch is the metric "seconds". One row a metric keeps phases with different monitors in one table.
/// Remarks of callbacks before it stand in rows of the metric "remark", whose value is that text, in quotes.
/// A file that exists is continued, so a resumed training goes on where it stood. An epoch that cannot be written
/// whole, on a full disk, leaves nothing of its rows.
class MetricLog {
  public:
    /// CSV with a heading, or one JSON object a line.
    enum class Format { csv, json_lines };

    /// @throws FileError if the file cannot be opened.
    explicit MetricLog(std::filesystem::path path, Format format = Format::csv);

    /// @throws FileError if the file cannot be written.
    template <class M>
    void on_epoch_end(M const&, TrainingInfo const& info) {
        write(info, {"seconds", info.epoch_seconds});
        for (Metric const& metric : *info.metrics) write(info, metric);
        if (info.remarks != nullptr)
            for (std::string const& remark : *info.remarks) write_row(info, "remark", quoted(remark));
        finish();
    }

  private:
    void write(TrainingInfo const& info, Metric const& metric) { write_row(info, metric.name, number(metric.value)); }

    void write_row(TrainingInfo const& info, std::string const& metric, std::string const& value);

    // JSON has no word for what is not a finite number.
    std::string number(double value) const;

    // In CSV a quote is doubled.
    std::string quoted(std::string_view text) const;

    // 0 for what has none, such as a pipe.
    [[nodiscard]] std::uintmax_t size() const;

    // All rows of an epoch are in the file, or none.
    void finish();

    std::filesystem::path path_;
    Format format_;
    std::ofstream out_;
    std::uintmax_t whole_ = 0; // bytes of whole epochs
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/metric_log.hpp>
#endif
