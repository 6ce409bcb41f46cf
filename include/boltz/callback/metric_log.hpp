// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Writes metrics to a file.

#include <boltz/error.hpp>
#include <boltz/io/detail/json_string.hpp>
#include <boltz/training/training_info.hpp>

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

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
    explicit MetricLog(std::filesystem::path path, Format format = Format::csv)
        : path_{std::move(path)}, format_{format} {
        std::error_code ignored;
        bool const heading = format_ == Format::csv &&
                             (!std::filesystem::exists(path_) || std::filesystem::file_size(path_, ignored) == 0);
        out_.imbue(std::locale::classic());
        whole_ = size();
        out_.open(path_, std::ios::app);
        if (heading) out_ << "phase,epoch,update,metric,value\n";
        finish();
    }

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

    void write_row(TrainingInfo const& info, std::string const& metric, std::string const& value) {
        if (format_ == Format::csv)
            out_ << quoted(info.phase) << ',' << info.clock.epoch << ',' << info.clock.update << ',' << quoted(metric)
                 << ',' << value << '\n';
        else
            out_ << R"({"phase": )" << quoted(info.phase) << R"(, "epoch": )" << info.clock.epoch << R"(, "update": )"
                 << info.clock.update << R"(, "metric": )" << quoted(metric) << R"(, "value": )" << value << "}\n";
    }

    // JSON has no word for what is not a finite number.
    std::string number(double value) const {
        if (!std::isfinite(value)) return format_ == Format::csv ? "nan" : "null";
        std::ostringstream text;
        text.imbue(std::locale::classic());
        text << std::setprecision(std::numeric_limits<double>::max_digits10) << value;
        return text.str();
    }

    // In CSV a quote is doubled.
    std::string quoted(std::string_view text) const {
        std::string result;
        if (format_ == Format::json_lines) {
            detail::append_json_string(result, text);
            return result;
        }
        result += '"';
        for (char const c : text) result.append(c == '"' ? 2 : 1, c);
        return result + '"';
    }

    // 0 for what has none, such as a pipe.
    [[nodiscard]] std::uintmax_t size() const {
        std::error_code problem;
        auto const bytes = std::filesystem::file_size(path_, problem);
        return problem ? 0 : bytes;
    }

    // All rows of an epoch are in the file, or none.
    void finish() {
        if (out_.flush()) {
            whole_ = size();
            return;
        }
        int const error = errno;
        out_.close(); // or what has not been written would follow
        std::error_code ignored;
        if (size() > whole_) std::filesystem::resize_file(path_, whole_, ignored);
        detail::fail<FileError>("MetricLog: cannot write ", path_.string(), ": ", std::strerror(error));
    }

    std::filesystem::path path_;
    Format format_;
    std::ofstream out_;
    std::uintmax_t whole_ = 0; // bytes of whole epochs
};

} // namespace boltz
