// SPDX-License-Identifier: MIT
#include <boltz/callback/progress.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace test_progress {

using namespace boltz;
using Catch::Matchers::Matches;

namespace {

struct NoModel {};

/// A training of 3 epochs of 10 batches, told to a progress line hook by hook; each batch takes `pause`.
std::string told(Terminal terminal, std::chrono::milliseconds pause, std::uint64_t stop_after = 1000,
                 std::size_t columns = 100) {
    std::ostringstream out;
    Progress progress{out, terminal, columns};
    std::vector<Metric> metrics;
    TrainingInfo info;
    info.phase = "joint";
    info.epochs = 3;
    info.batches = 10;
    info.cases = 1000;
    info.metrics = &metrics;
    info.inference.sweeps = 7;
    progress.on_train_begin(NoModel{}, info);
    while (info.clock.epoch < info.epochs && info.clock.update < stop_after) {
        metrics.clear();
        for (info.clock.batch = 0; info.clock.batch < info.batches && info.clock.update < stop_after;) {
            ++info.clock.batch;
            ++info.clock.update;
            info.epoch_seconds = 0.5 * static_cast<double>(info.clock.batch);
            if (pause.count() > 0) std::this_thread::sleep_for(pause);
            progress.on_batch_end(NoModel{}, info);
        }
        if (info.clock.batch < info.batches) break;
        ++info.clock.epoch;
        info.clock.batch = 0;
        info.finished = info.clock.epoch == info.epochs;
        metrics.push_back({"error", 0.125});
        progress.on_epoch_end(NoModel{}, info);
    }
    progress.on_train_end(NoModel{}, info);
    return out.str();
}

/// What a progress line makes of one epoch with a remark.
std::string told_remark(Terminal terminal) {
    std::ostringstream out;
    Progress progress{out, terminal};
    std::vector<Metric> metrics{{"error", 0.125}};
    std::vector<std::string> remarks{"log_likelihood: a warning"};
    TrainingInfo info;
    info.clock = {1, 0, 10};
    info.epochs = 3;
    info.batches = 10;
    info.metrics = &metrics;
    info.remarks = &remarks;
    progress.on_train_begin(NoModel{}, info);
    progress.on_epoch_end(NoModel{}, info);
    return out.str();
}

std::vector<std::string> lines_of(std::string const& text, char end = '\n') {
    std::istringstream in{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line, end);) lines.push_back(line);
    return lines;
}

} // namespace

TEST_CASE("without a terminal there is one plain line an epoch") {
    std::string const text = told(Terminal::no, std::chrono::milliseconds{0});
    CHECK(text.find('\r') == std::string::npos);
    CHECK(text.back() == '\n');
    auto const lines = lines_of(text);
    REQUIRE(lines.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(lines[i]);
        CHECK_THAT(lines[i], Matches("joint  epoch " + std::to_string(i + 1) +
                                     "/3  5\\.00 s +200 cases/s  error 0\\.125  sweeps 7.*"));
    }
    CHECK_THAT(lines[0], contains_text("left"));
    CHECK_THAT(lines[2], !contains_text("left"));
}

TEST_CASE("on a terminal one line is written over and ends once") {
    // Pauses longer than the 200 ms between two looks would take seconds; the first batch is always shown.
    std::string const text = told(Terminal::yes, std::chrono::milliseconds{0});
    CHECK(text.front() == '\r');
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK(text.back() == '\n');
    auto const shown = lines_of(text, '\r');
    REQUIRE(shown.size() >= 4); // nothing, a batch, epochs
    CHECK(shown[0].empty());
    CHECK_THAT(shown[1], Matches("joint  epoch 1/3 \\[==                  \\] +200 cases/s.*"));
    CHECK_THAT(shown.back(), Matches("joint  epoch 3/3  5\\.00 s +200 cases/s  error 0\\.125  sweeps 7 *\n"));
    // What is written over is never longer than what covers it.
    for (std::size_t i = 2; i < shown.size(); ++i) {
        auto const visible = [](std::string line) { return line.erase(line.find_last_not_of(" \n") + 1).size(); };
        CHECK(lines_of(shown[i])[0].size() >= visible(shown[i - 1]));
    }
}

TEST_CASE("the time left is in a unit that a reader wants") {
    std::string const text = told(Terminal::yes, std::chrono::milliseconds{25});
    CHECK_THAT(text, contains_text("s left"));
    CHECK_THAT(text, contains_text("[=========="));
}

TEST_CASE("a training that is stopped ends its line") {
    for (Terminal const terminal : {Terminal::no, Terminal::yes}) {
        std::string const text = told(terminal, std::chrono::milliseconds{0}, 13);
        CHECK(text.back() == '\n');
        CHECK_THAT(text, contains_text("epoch 1/3"));
    }
}

TEST_CASE("on a terminal a line never wraps: the metrics that do not fit are left out") {
    using std::chrono::milliseconds;
    for (std::string const& line : lines_of(told(Terminal::yes, milliseconds{0}, 1000, 68), '\r'))
        CHECK(line.size() <= 68);
    CHECK_THAT(told(Terminal::yes, milliseconds{0}, 1000, 68), !contains_text("sweeps 7  1 s left"));
    CHECK_THAT(told(Terminal::yes, milliseconds{0}, 1000, 100), contains_text("sweeps 7  1 s left"));
    CHECK_THAT(told(Terminal::no, milliseconds{0}, 1000, 68), contains_text("error 0.125  sweeps 7"));
}

TEST_CASE("what callbacks say in words follows the line of the epoch") {
    for (auto const terminal : {Terminal::no, Terminal::yes}) {
        auto const lines = lines_of(told_remark(terminal));
        REQUIRE(lines.size() == 2);
        CHECK_THAT(lines[0], contains_text("error 0.125"));
        CHECK(lines[1] == "  log_likelihood: a warning");
    }
}

} // namespace test_progress
