// SPDX-License-Identifier: MIT
#include <boltz/callback/metric_log.hpp>
#include <boltz/io/json_reader.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace test_metric_log {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

struct NoModel {};

struct Row {
    std::string phase;
    std::uint64_t epoch;
    std::uint64_t update;
    std::string metric;
    double value;
    bool operator==(Row const&) const = default;
};

void log_epoch(MetricLog& log, std::uint64_t epoch, std::vector<Metric> metrics, std::string phase = "training") {
    TrainingInfo info;
    info.phase = std::move(phase);
    info.clock = {epoch, 0, 10 * epoch};
    info.epoch_seconds = 0.1;
    info.metrics = &metrics;
    log.on_epoch_end(NoModel{}, info);
}

/// The fields of one line of CSV.
std::vector<std::string> fields_of(std::string const& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back() += line[++i];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += line[i];
    }
    return fields;
}

std::vector<Row> read_csv(std::filesystem::path const& path) {
    std::istringstream in{boltz_test::contents_of(path)};
    std::string line;
    std::getline(in, line);
    CHECK(line == "phase,epoch,update,metric,value");
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        auto const fields = fields_of(line);
        REQUIRE(fields.size() == 5);
        rows.push_back({fields[0], std::stoull(fields[1]), std::stoull(fields[2]), fields[3], std::stod(fields[4])});
    }
    return rows;
}

std::vector<Row> read_json_lines(std::filesystem::path const& path) {
    std::istringstream in{boltz_test::contents_of(path)};
    std::vector<Row> rows;
    for (std::string line; std::getline(in, line);) {
        Json const json = parse_json(line).value();
        CHECK(json.object().size() == 5);
        rows.push_back({json["phase"].string(), json["epoch"].unsigned_integer(), json["update"].unsigned_integer(),
                        json["metric"].string(),
                        json["value"].is_null() ? std::numeric_limits<double>::quiet_NaN() : json["value"].number()});
    }
    return rows;
}

double const third = 1.0 / 3;

std::vector<Row> const expected{{"training", 1, 10, "seconds", 0.1},
                                {"training", 1, 10, "error", third},
                                {"training", 2, 20, "seconds", 0.1},
                                {"training", 2, 20, "error", -1e-300},
                                {"training", 2, 20, "gap", 12}};

/// While it lives, no file of this process becomes longer: for the system the same as a full disk.
class LargestFile {
  public:
    explicit LargestFile(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        rlimit const limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    LargestFile(LargestFile const&) = delete;
    LargestFile& operator=(LargestFile const&) = delete;
    ~LargestFile() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit old_{};
    void (*handler_)(int);
};

} // namespace

TEST_CASE("an epoch that a full disk does not take whole leaves nothing of its rows") {
    TemporaryFolder const folder;
    auto const path = folder / "metrics.csv";
    for (rlim_t const bytes : {0u, 20u, 34u, 60u, 101u, 102u, 150u}) {
        CAPTURE(bytes);
        std::filesystem::remove(path);
        std::string whole;
        {
            LargestFile const largest{bytes};
            CHECK_THROWS_WITH(
                [&] {
                    MetricLog log{path};
                    for (std::uint64_t epoch = 1; epoch < 5; ++epoch) {
                        whole = boltz_test::contents_of(path);
                        log_epoch(log, epoch, {{"error", 0.25}});
                    }
                }(),
                contains_text("metrics.csv: File too large"));
        }
        CHECK(boltz_test::contents_of(path) == whole);
        // What was kept back is not written later, and a training that goes on continues the file.
        {
            MetricLog log{path};
            log_epoch(log, 7, {{"error", 0.5}});
        }
        CHECK(read_csv(path).back() == Row{"training", 7, 70, "error", 0.5});
    }
}

TEST_CASE("every metric of every epoch is one row of CSV, to the last digit") {
    TemporaryFolder const folder;
    {
        MetricLog log{folder / "m.csv"};
        log_epoch(log, 1, {{"error", third}});
        CHECK(read_csv(folder / "m.csv").size() == 2); // as it comes
        log_epoch(log, 2, {{"error", -1e-300}, {"gap", 12}});
    }
    CHECK(read_csv(folder / "m.csv") == expected);
}

TEST_CASE("every metric of every epoch is one JSON object, to the last digit") {
    TemporaryFolder const folder;
    MetricLog log{folder / "m.jsonl", MetricLog::Format::json_lines};
    log_epoch(log, 1, {{"error", third}});
    log_epoch(log, 2, {{"error", -1e-300}, {"gap", 12}});
    CHECK(read_json_lines(folder / "m.jsonl") == expected);
}

TEST_CASE("a file that exists is continued under one heading") {
    TemporaryFolder const folder;
    { log_epoch(*std::make_unique<MetricLog>(folder / "m.csv"), 1, {{"error", third}}); }
    { log_epoch(*std::make_unique<MetricLog>(folder / "m.csv"), 2, {{"error", -1e-300}, {"gap", 12}}); }
    CHECK(read_csv(folder / "m.csv") == expected);

    boltz_test::put(folder / "empty.csv", "");
    { log_epoch(*std::make_unique<MetricLog>(folder / "empty.csv"), 1, {}); }
    CHECK(read_csv(folder / "empty.csv").size() == 1);
}

TEST_CASE("names with quotes, commas, backslashes and tabs come back") {
    TemporaryFolder const folder;
    std::string const name = "a \"b\", c\\d\te";
    MetricLog csv{folder / "m.csv"};
    log_epoch(csv, 1, {{name, 1}}, name);
    CHECK(read_csv(folder / "m.csv")[1] == Row{name, 1, 10, name, 1});
    MetricLog json{folder / "m.jsonl", MetricLog::Format::json_lines};
    log_epoch(json, 1, {{name + '\n', 1}}, name);
    CHECK(read_json_lines(folder / "m.jsonl")[1] == Row{name, 1, 10, name + '\n', 1});
}

TEST_CASE("what is not a finite number is nan in CSV and null in JSON") {
    TemporaryFolder const folder;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const infinity = std::numeric_limits<double>::infinity();
    MetricLog csv{folder / "m.csv"};
    log_epoch(csv, 1, {{"a", nan}, {"b", infinity}});
    for (std::size_t i : {1u, 2u}) CHECK(std::isnan(read_csv(folder / "m.csv").at(i).value));
    MetricLog json{folder / "m.jsonl", MetricLog::Format::json_lines};
    log_epoch(json, 1, {{"a", nan}, {"b", infinity}});
    for (std::size_t i : {1u, 2u}) CHECK(std::isnan(read_json_lines(folder / "m.jsonl").at(i).value));
}

TEST_CASE("what callbacks say in words is a row of its own, in quotes") {
    TemporaryFolder const folder;
    std::vector<Metric> metrics{{"score", 1}};
    std::vector<std::string> remarks{"3 of 100 runs, a \"mode\" is missing"};
    TrainingInfo info;
    info.phase = "joint";
    info.clock = {2, 0, 20};
    info.metrics = &metrics;
    info.remarks = &remarks;
    MetricLog{folder / "m.csv"}.on_epoch_end(NoModel{}, info);
    MetricLog{folder / "m.jsonl", MetricLog::Format::json_lines}.on_epoch_end(NoModel{}, info);

    std::istringstream csv{boltz_test::contents_of(folder / "m.csv")};
    std::istringstream json{boltz_test::contents_of(folder / "m.jsonl")};
    std::string line;
    for (int i = 0; i < 4; ++i) std::getline(csv, line);
    CHECK(fields_of(line) == std::vector<std::string>{"joint", "2", "20", "remark", remarks[0]});
    for (int i = 0; i < 3; ++i) std::getline(json, line);
    Json const row = parse_json(line).value();
    CHECK(row["metric"] == "remark");
    CHECK(row["value"] == remarks[0]);
}

TEST_CASE("a file that cannot be written is an error at once") {
    TemporaryFolder const folder;
    CHECK_THROWS_AS(MetricLog{folder.path()}, FileError);
    CHECK_THROWS_AS(MetricLog(folder / "none/m.csv"), FileError);
    CHECK_THAT(boltz_test::message_of<FileError>([&] { MetricLog{folder / "none/m.csv"}; }),
               contains_text("none/m.csv"));
}

TEST_CASE("a full disk is an error") {
    if (!std::filesystem::exists("/dev/full")) {
        WARN("skipped: there is no /dev/full");
        return;
    }
    CHECK_THROWS_AS(
        [] {
            MetricLog log{"/dev/full"};
            log_epoch(log, 1, {{"a", 1}});
        }(),
        FileError);
}

} // namespace test_metric_log
