// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/error.hpp>
#include <boltz/schedule.hpp>

namespace test_schedule {

using namespace boltz;

namespace {

Clock epoch(std::uint64_t t) { return {.epoch = t, .batch = 0, .update = 1000}; }
Clock update(std::uint64_t t) { return {.epoch = 1000, .batch = 0, .update = t}; }

} // namespace

TEST_CASE("a number is a constant schedule", "[core]") {
    Schedule const schedule = 0.05;
    CHECK(schedule(epoch(0)) == 0.05);
    CHECK(schedule(epoch(1000000)) == 0.05);
    CHECK(Schedule{}(epoch(3)) == 0.0);
}

TEST_CASE("a list holds each value for some epochs and the last one for ever", "[core]") {
    auto const schedule = Schedule::per_epoch({0.5, 0.9, 0.99}, 5);
    CHECK(schedule(epoch(0)) == 0.5);
    CHECK(schedule(epoch(4)) == 0.5);
    CHECK(schedule(epoch(5)) == 0.9);
    CHECK(schedule(epoch(10)) == 0.99);
    CHECK(schedule(epoch(1000)) == 0.99);
    CHECK(Schedule::per_epoch({1, 2, 3})(epoch(1)) == 2);
}

TEST_CASE("schedules follow their formulas, by epochs or by updates", "[core]") {
    using Time = Schedule::Time;
    auto const exponential = Schedule::exponential(0.1, 0.5, Time::update, 0.03);
    CHECK(exponential(update(0)) == Approx(0.1));
    CHECK(exponential(update(1)) == Approx(0.05));
    CHECK(exponential(update(2)) == Approx(0.03));
    auto const geometric = Schedule::geometric(1, 0.01, 4);
    CHECK(geometric(epoch(0)) == Approx(1));
    CHECK(geometric(epoch(2)) == Approx(0.1));
    CHECK(geometric(epoch(4)) == Approx(0.01));
    CHECK(geometric(epoch(9)) == Approx(0.01));
    auto const linear = Schedule::linear(2, 1, 10, Time::update);
    CHECK(linear(update(0)) == Approx(2));
    CHECK(linear(update(5)) == Approx(1.5));
    CHECK(linear(update(20)) == Approx(1));
    auto const inverse = Schedule::inverse_time(0.4, 10);
    CHECK(inverse(epoch(0)) == Approx(0.4));
    CHECK(inverse(epoch(10)) == Approx(0.2));
    CHECK(inverse(epoch(30)) == Approx(0.1));
    CHECK(Schedule::linear(2, 1, 0)(epoch(1)) == Approx(1));
}

TEST_CASE("a rate divided a little after every update ends at its floor", "[core]") {
    // Salakhutdinov's: 0.001, divided by 1.000015 after each batch, not below 1e-4.
    auto const schedule = Schedule::exponential(0.001, 1 / 1.000015, Schedule::Time::update, 1e-4);
    CHECK(schedule(update(600)) == Approx(0.001 / std::pow(1.000015, 600)));
    CHECK(schedule(update(1000000)) == 1e-4);
}

TEST_CASE("schedules that make no sense are refused", "[core]") {
    CHECK_THROWS_AS(Schedule::per_epoch({}), ValueError);
    CHECK_THROWS_AS(Schedule::per_epoch({1}, 0), ValueError);
    CHECK_THROWS_AS(Schedule::geometric(1, 0, 5), ValueError);
    CHECK_THROWS_AS(Schedule::geometric(-1, 1, 5), ValueError);
    CHECK_THROWS_AS(Schedule::inverse_time(1, 0), ValueError);
}

} // namespace test_schedule
