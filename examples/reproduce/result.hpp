// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a row has found out: on the screen, as JSON, and as a page of all rows.

#include <boltz/io/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

/// One quantity: what was published, what was aimed at and what came out, a value a seed.
struct Figure {
    std::string name{};
    std::string published{}; ///< with its source; empty if there is none
    std::string aim{};
    std::string unit{};
    std::vector<double> values{};
    std::optional<double> standard_error{}; ///< of one value, where it is an estimate
    std::string note{};

    [[nodiscard]] double mean() const {
        double sum = 0;
        for (double const value : values) sum += value;
        return sum / static_cast<double>(values.size());
    }
    /// The standard deviation over the seeds; 0 for one.
    [[nodiscard]] double spread() const {
        double sum = 0;
        for (double const value : values) sum += (value - mean()) * (value - mean());
        return values.size() > 1 ? std::sqrt(sum / static_cast<double>(values.size() - 1)) : 0;
    }
    /// "1.05 ± 0.03 %".
    [[nodiscard]] std::string obtained() const {
        std::ostringstream text;
        text.precision(2);
        text << std::fixed << mean();
        if (standard_error)
            text << " ± " << *standard_error;
        else if (values.size() > 1)
            text << " ± " << spread();
        text << ' ' << unit;
        if (values.size() > 1) text << " (" << values.size() << " seeds)";
        return text.str();
    }
};

/// The outcome of a row.
struct Result {
    std::string row;
    std::string title;
    std::string protocol; ///< pixels, what decided settings, what the test set served for
    std::string command;
    std::string version; ///< of boltz
    std::string model_note;
    double seconds = 0;
    std::uint64_t seed = 1;
    std::size_t threads = 1;
    std::vector<Figure> figures;
};

inline boltz::Json as_json(Figure const& figure) {
    boltz::Json::Object result{{"name", figure.name},       {"published", figure.published},
                               {"aim", figure.aim},         {"unit", figure.unit},
                               {"values", figure.values},   {"mean", figure.mean()},
                               {"spread", figure.spread()}, {"note", figure.note}};
    if (figure.standard_error) result["standard_error"] = *figure.standard_error;
    return result;
}

inline boltz::Json as_json(Result const& result) {
    boltz::Json::Array figures;
    for (Figure const& figure : result.figures) figures.push_back(as_json(figure));
    return boltz::Json::Object{{"row", result.row},
                               {"title", result.title},
                               {"protocol", result.protocol},
                               {"command", result.command},
                               {"version", result.version},
                               {"seed", result.seed},
                               {"model_note", result.model_note},
                               {"seconds", result.seconds},
                               {"threads", result.threads},
                               {"figures", figures}};
}

/// @throws boltz::FormatError if something is missing or of another type.
inline Figure figure_of(boltz::Json const& json) {
    Figure figure{.name = json["name"].string(),
                  .published = json["published"].string(),
                  .aim = json["aim"].string(),
                  .unit = json["unit"].string(),
                  .note = json["note"].string()};
    for (boltz::Json const& value : json["values"].array()) figure.values.push_back(value.number());
    if (auto const& error = json["standard_error"]; !error.is_null()) figure.standard_error = error.number();
    return figure;
}

/// @throws boltz::FormatError if something is missing or of another type.
inline Result result_of(boltz::Json const& json) {
    Result result{.row = json["row"].string(),
                  .title = json["title"].string(),
                  .protocol = json["protocol"].string(),
                  .command = json["command"].string(),
                  .version = json["version"].string(),
                  .model_note = json["model_note"].string(),
                  .seconds = json["seconds"].number(),
                  .seed = json["seed"].unsigned_integer(),
                  .threads = json["threads"].unsigned_integer(),
                  .figures = {}};
    for (boltz::Json const& figure : json["figures"].array()) result.figures.push_back(figure_of(figure));
    return result;
}

/// "1 h 02 min", "45 min" or "48 s".
inline std::string duration(double seconds) {
    auto const whole = static_cast<long>(std::lround(seconds));
    if (whole < 120) return std::to_string(whole) + " s";
    if (whole < 3600) return std::to_string((whole + 30) / 60) + " min";
    long const minutes = (whole + 30) / 60;
    return std::to_string(minutes / 60) + " h " + (minutes % 60 < 10 ? "0" : "") + std::to_string(minutes % 60) +
           " min";
}

/// The table of a row on the screen, its columns as wide as what they hold.
inline void show(Result const& result) {
    std::vector<std::array<std::string, 4>> rows{{"quantity", "expected", "aim", "obtained"}};
    for (Figure const& figure : result.figures)
        rows.push_back({figure.name, figure.published, figure.aim, figure.obtained()});
    std::array<std::size_t, 4> widths{};
    for (auto const& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::printf("\n  %s\n\n", result.title.c_str());
    for (auto const& [name, published, aim, obtained] : rows)
        std::printf("  %-*s  %-*s  %-*s  %s\n", static_cast<int>(widths[0]), name.c_str(),
                    static_cast<int>(widths[1]), published.c_str(), static_cast<int>(widths[2]), aim.c_str(),
                    obtained.c_str());
    std::printf("\n  protocol: %s\n  time: %s on %zu thread%s, boltz %s\n", result.protocol.c_str(),
                duration(result.seconds).c_str(), result.threads, result.threads == 1 ? "" : "s",
                result.version.c_str());
}

/// The section of a row in the page of all results.
inline std::string as_markdown(Result const& result, std::string const& remarks) {
    std::ostringstream text;
    text << "## " << result.title << "\n\n| quantity | published | aim | obtained |\n|---|---|---|---|\n";
    for (Figure const& figure : result.figures) {
        text << "| " << figure.name << " | " << (figure.published.empty() ? "-" : figure.published) << " | "
             << (figure.aim.empty() ? "-" : figure.aim) << " | " << figure.obtained();
        if (!figure.note.empty()) text << "; " << figure.note;
        text << " |\n";
    }
    text << "\nProtocol: " << result.protocol << ".\n";
    if (!result.model_note.empty()) text << "Generative model: " << result.model_note << ".\n";
    text << "Time: " << duration(result.seconds) << " on " << result.threads
         << (result.threads == 1 ? " thread" : " threads") << ", seed " << result.seed << ", boltz " << result.version
         << ".\n\n```sh\n"
         << result.command << "\n```\n";
    if (!remarks.empty()) text << '\n' << remarks << (remarks.back() == '\n' ? "" : "\n");
    return text.str();
}
