// SPDX-License-Identifier: MIT
#include <boltz/detail/codes.hpp>

#include "support/catch.hpp"

#include <boltz/detail/philox.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_codes {

using namespace boltz::detail;

namespace {

template <class Code, class T>
std::vector<T> there_and_back(std::vector<T> const& row, InstructionSet set = best_instruction_set()) {
    std::vector<Code> codes(row.size());
    auto const range = encode(row.data(), codes.data(), row.size());
    std::vector<T> back(row.size() + 1, T{-77});
    decode(codes.data(), back.data(), row.size(), range, set);
    CHECK(back.back() == -77);
    back.pop_back();
    return back;
}

template <class T>
std::vector<T> normal_row(std::size_t n, std::uint64_t seed, double scale, double shift) {
    std::vector<T> row(n);
    philox_normal(seed, 0, 0, row.data(), n);
    for (T& x : row) x = static_cast<T>(scale * static_cast<double>(x) + shift);
    return row;
}

// Off by less than a step each, and by half a step in all; the ends are kept and never left.
template <class Code, class T>
void check_row(std::vector<T> const& row) {
    auto const [least, greatest] = std::minmax_element(row.begin(), row.end());
    double const width = static_cast<double>(*greatest) - static_cast<double>(*least);
    double const step = width / std::numeric_limits<Code>::max();
    // Floats stand for the ends and, in a model of floats, for the results.
    double const rounding =
        2e-7 * std::max(std::abs(static_cast<double>(*least)), std::abs(static_cast<double>(*greatest)));
    for (auto const set : {InstructionSet::base, InstructionSet::avx2, InstructionSet::avx512}) {
        if (!runs(set)) continue;
        auto const back = there_and_back<Code>(row, set);
        double sum = 0;
        double error = 0;
        double worst = 0;
        for (std::size_t j = 0; j < row.size(); ++j) {
            double const off = static_cast<double>(back[j]) - static_cast<double>(row[j]);
            worst = std::max(worst, std::abs(off));
            error += std::abs(off);
            sum += off;
            REQUIRE(back[j] >= static_cast<T>(static_cast<float>(*least)));
            REQUIRE(back[j] <= static_cast<T>(static_cast<float>(*greatest)));
        }
        auto const count = static_cast<double>(row.size());
        CHECK(worst < step * 1.001 + rounding);
        CHECK(std::abs(sum) < step * 0.501 + rounding * count);
        if (row.size() > 1000) CHECK(error / count > step / 20); // it is codes that were kept
    }
}

} // namespace

TEMPLATE_TEST_CASE("codes are off by less than a step, their sum by half of one", "", float, double) {
    for (std::size_t const n : {2u, 3u, 15u, 16u, 17u, 100u, 1500u}) {
        CAPTURE(n);
        for (auto const& [scale, shift] : {std::pair{1.0, 0.0}, {0.01, 0.5}, {1e5, -3e5}, {1e-20, 0.0}}) {
            auto const row = normal_row<TestType>(n, n, scale, shift);
            check_row<std::uint16_t>(row);
            check_row<std::uint8_t>(row);
        }
    }
}

TEST_CASE("means of which thousands are smaller than a step still add up") {
    // One category has nearly all the weight; the others round to nothing one by one, but not together.
    std::vector<float> row(2000, 5e-6f);
    row[700] = 0.990005f;
    auto const back = there_and_back<std::uint16_t>(row);
    double sum = 0;
    for (float const x : back) sum += static_cast<double>(x);
    CHECK(sum == Approx(1).margin(2e-5));
    row.assign(2000, 5e-6f);
    row[0] = 0;
    row[1999] = 0.99f;
    sum = 0;
    for (float const x : there_and_back<std::uint16_t>(row)) sum += static_cast<double>(x);
    CHECK(sum == Approx(0.99 + 1998 * 5e-6).margin(1e-5));
}

TEMPLATE_TEST_CASE("zeros and ones, equal numbers and single ones come back as they are", "", float, double) {
    using Row = std::vector<TestType>;
    Row binary(101);
    for (std::size_t j = 0; j < binary.size(); ++j) binary[j] = static_cast<TestType>(j * j % 3 % 2);
    for (Row const& row : {binary, Row{0, 0, 0}, Row{1, 1}, Row{-2.5}, Row{7, 7, 7, 7}, Row{}, Row{3, -5}}) {
        CHECK(there_and_back<std::uint16_t>(row) == row);
        CHECK(there_and_back<std::uint8_t>(row) == row);
    }
    // The ends stay even where others lie between.
    auto const back = there_and_back<std::uint8_t>(Row{TestType{0.3f}, 0, 1, TestType{0.7f}, 0, 1});
    CHECK(back[1] == 0);
    CHECK(back[2] == 1);
    CHECK(back[4] == 0);
    CHECK(back[5] == 1);
}

TEMPLATE_TEST_CASE("no number comes back beyond the ends of its row", "", float, double) {
    // Widths whose step is rounded up would lead beyond the greatest number.
    for (std::size_t seed = 0; seed < 300; ++seed) {
        auto row = normal_row<TestType>(3, seed, 1, 0);
        auto const back = there_and_back<std::uint16_t>(row);
        auto const greatest = *std::max_element(row.begin(), row.end());
        for (TestType const x : back) CHECK(static_cast<float>(x) <= static_cast<float>(greatest));
        CHECK(static_cast<float>(*std::max_element(back.begin(), back.end())) == static_cast<float>(greatest));
    }
}

TEMPLATE_TEST_CASE("a row that is not finite comes back as NaNs", "", float, double) {
    TestType const infinity = std::numeric_limits<TestType>::infinity();
    for (std::size_t const place : {0u, 1u, 18u}) {
        for (TestType const bad : {TestType{NAN}, infinity, -infinity}) {
            auto row = normal_row<TestType>(19, 1, 1, 0);
            row[place] = bad;
            for (TestType const x : there_and_back<std::uint16_t>(row)) CHECK(std::isnan(x));
        }
    }
    for (double const x : there_and_back<std::uint8_t>(std::vector<double>{0, 1e300})) CHECK(std::isnan(x));
    // The whole range of floats has a width that is none.
    float const most = std::numeric_limits<float>::max();
    CHECK(there_and_back<std::uint16_t>(std::vector<float>{-most, most}) == std::vector<float>{-most, most});
}

} // namespace test_codes
