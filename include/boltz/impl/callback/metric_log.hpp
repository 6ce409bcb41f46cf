// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/metric_log.hpp>

#include <boltz/error.hpp>
#include <boltz/io/detail/json_string.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/version.hpp>

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace boltz {

BOLTZ_INLINE MetricLog::MetricLog(std::filesystem::path path, Format format)
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

BOLTZ_INLINE void MetricLog::write_row(TrainingInfo const& info, std::string const& metric,
                                       std::string const& value) {
    if (format_ == Format::csv)
        out_ << quoted(info.phase) << ',' << info.clock.epoch << ',' << info.clock.update << ',' << quoted(metric)
             << ',' << value << '\n';
    else
        out_ << R"({"phase": )" << quoted(info.phase) << R"(, "epoch": )" << info.clock.epoch << R"(, "update": )"
             << info.clock.update << R"(, "metric": )" << quoted(metric) << R"(, "value": )" << value << "}\n";
}

BOLTZ_INLINE std::string MetricLog::number(double value) const {
    if (!std::isfinite(value)) return format_ == Format::csv ? "nan" : "null";
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::setprecision(std::numeric_limits<double>::max_digits10) << value;
    return text.str();
}

BOLTZ_INLINE std::string MetricLog::quoted(std::string_view text) const {
    std::string result;
    if (format_ == Format::json_lines) {
        detail::append_json_string(result, text);
        return result;
    }
    result += '"';
    for (char const c : text) result.append(c == '"' ? 2 : 1, c);
    return result + '"';
}

BOLTZ_INLINE std::uintmax_t MetricLog::size() const {
    std::error_code problem;
    auto const bytes = std::filesystem::file_size(path_, problem);
    return problem ? 0 : bytes;
}

BOLTZ_INLINE void MetricLog::finish() {
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

} // namespace boltz
