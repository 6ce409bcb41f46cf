// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include "../../../benchmarks/calibration.hpp"
#include "../../../benchmarks/known_models.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <vector>

// The models whose log Z is known, by which docs/calibration.md judges estimates: their known values are right, and
// estimates on short ladders are not silently wrong.
namespace test_calibration {

using namespace boltz;

namespace {

template <std::size_t Depth>
void check_counts(bench::GroupedMachine<Depth> const& machine) {
    CHECK(std::abs(machine.log_partition() - exact_log_partition(machine.model())) < 1e-4);
    std::vector<double> const modes = machine.modes();
    CHECK(std::abs(std::accumulate(modes.begin(), modes.end(), 0.0) - 1) < 1e-9);
}

} // namespace

TEST_CASE("log Z by transfer matrix is that by enumeration", "[evaluation]") {
    for (std::size_t const side : {2u, 3u, 4u})
        for (auto const& torus : {bench::even_torus(side, 0.6, 0.03), bench::even_torus(side, -0.4, 0.1),
                                  bench::glass_torus(side, 1.1, 0.3, side)}) {
            auto const bonds = bench::bond_rbm(torus);
            auto const held = bench::torus_of_bonds(bonds, side);
            CHECK(std::abs(held.log_partition() - exact_log_partition(bonds)) < 1e-4);
            for (std::size_t i = 0; i < torus.sites(); ++i) { // the spins' energy, up to a constant
                CHECK(std::abs(held.right[i] - torus.right[i]) < 1e-5);
                CHECK(std::abs(held.down[i] - torus.down[i]) < 1e-5);
                CHECK(std::abs(held.field[i] - torus.field[i]) < 1e-5);
            }
            if (side < 4) continue;
            auto const board = bench::board_rbm(torus);
            CHECK(std::abs(bench::torus_of_board(board, side).log_partition() - exact_log_partition(board)) < 1e-4);
        }
}

TEST_CASE("log Z by counts is that by enumeration", "[evaluation]") {
    check_counts(bench::layered_ferromagnet<2>({10, 8}, {0.15}, 0.7));
    check_counts(bench::layered_ferromagnet<3>({6, 5, 4}, {0.2, 0.3}, -1));
    check_counts(bench::layered_ferromagnet<4>({4, 5, 3, 4}, {0.3, 0.2, 0.3}, 0.5));
    check_counts(bench::rival_groups(2, 4, 4, 0.3));
    check_counts(bench::needle(12, 5, 2.5, 9, 0.2));
    bench::GroupedMachine<4> uneven; // groups of all layers, all numbers different
    uneven.sizes = {std::vector<std::size_t>{2, 1}, {1, 3}, {2, 2}, {3}};
    uneven.biases = {std::vector<float>{0.3F, -0.2F}, {0.1F, -0.7F}, {0.4F, 0.2F}, {-0.5F}};
    uneven.weights = {std::vector<std::vector<float>>{{0.7F, -0.3F}, {1.1F, 0.2F}},
                      {{-0.6F, 0.9F}, {0.8F, -0.4F}},
                      {{1.2F}, {-0.1F}}};
    check_counts(uneven);
}

TEST_CASE("the masses of modes by counts", "[evaluation]") {
    auto const even = bench::layered_ferromagnet<2>({20, 20}, {0.1}, 0).modes();
    REQUIRE(even.size() == 2); // the ridge between them is one more state of counts and goes to one of the two
    CHECK(std::abs(even[0] - even[1]) < 1e-3);
    CHECK(bench::layered_ferromagnet<2>({20, 20}, {0.02}, 0).modes().size() == 1);
    auto const rivals = bench::rival_groups(3, 12, 10, 0.05).modes();
    REQUIRE(rivals.size() >= 3);
    CHECK(std::abs(std::log(rivals[0] / rivals[1]) - 0.6) < 0.05); // a step of 0.05 for each of 12 units
}

TEST_CASE("estimates of models whose log Z is known are not silently wrong", "[evaluation]") {
    std::set<std::string> const few{"ising-4-k0.9-h0.05", "board-glass-4-k1-d0.3", "phases-20-20-j0.1-t-1",
                                    "twomode-20-1",       "bars-3-8-u400",         "clouds-10-m2"};
    std::set<std::string> names;
    std::size_t needles = 0, found = 0;
    for (auto const& maker : bench::known_models()) {
        CHECK(names.insert(maker.name).second);
        needles += maker.needle;
        if (few.count(maker.name) == 0) continue;
        ++found;
        auto const model = maker.make();
        CHECK(std::abs(model.log_z - model.enumerate(1 << 20)) < 1e-3);
        for (std::uint64_t const seed : {1u, 2u}) {
            Random random{seed};
            auto const estimate = model.estimate({.chains = 40, .ladder = Ladder::linear(150)}, random);
            INFO(maker.name << ": " << estimate.log_z << " +- " << estimate.standard_error << " for " << model.log_z);
            CHECK_FALSE(bench::judged(estimate, model.log_z).silent);
        }
    }
    CHECK(found == few.size());
    CHECK(needles == 5);
    CHECK(names.size() - needles >= 60);
}

TEST_CASE("what counts as a silent failure and as a false alarm", "[evaluation]") {
    LogPartition estimate;
    estimate.log_z = 1;
    estimate.standard_error = 0.02;
    estimate.chains = 100;
    estimate.effective_chains = 90;
    CHECK(bench::judged(estimate, 1.09).silent);       // 4.5 errors
    CHECK_FALSE(bench::judged(estimate, 1.07).silent); // 3.5 errors
    CHECK(bench::judged(estimate, 0.91).z > 0);
    estimate.standard_error = 0.001;
    CHECK_FALSE(bench::judged(estimate, 1.04).silent); // 40 errors, but less than 0.05 nats
    estimate.standard_error = 0.06;
    CHECK_FALSE(bench::judged(estimate, 1.09).false_alarm);
    estimate.effective_chains = 5;
    CHECK(bench::judged(estimate, 1.09).warned);
    CHECK(bench::judged(estimate, 1.09).false_alarm);
    CHECK_FALSE(bench::judged(estimate, 1.11).false_alarm);
    CHECK_FALSE(bench::judged(estimate, 2).silent);
    estimate.log_z = std::numeric_limits<double>::quiet_NaN();
    CHECK(bench::judged(estimate, 2).warned);
}

TEST_CASE("the upper limit of a probability", "[evaluation]") {
    CHECK(std::abs(bench::upper_limit(0, 1000) - (1 - std::pow(0.05, 0.001))) < 1e-9);
    CHECK(std::abs(bench::upper_limit(1, 10) - 0.3941633) < 1e-6); // Clopper & Pearson, one-sided
    CHECK(bench::upper_limit(10, 10) == 1);
}

} // namespace test_calibration
