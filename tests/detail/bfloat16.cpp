// SPDX-License-Identifier: MIT
#include <boltz/detail/bfloat16.hpp>

#include "support/bfloat16.hpp"
#include "support/catch.hpp"
#include "support/instruction_sets.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_bfloat16 {

using namespace boltz::detail;

namespace {

/// Floats of every exponent and both signs, among them all ties and their neighbours for some upper halves.
std::vector<float> of_all_exponents() {
    std::vector<float> numbers;
    for (std::uint32_t sign_and_exponent = 0; sign_and_exponent < 512; ++sign_and_exponent)
        for (std::uint32_t const upper : {0u, 1u, 2u, 3u, 0x3fu, 0x40u, 0x7eu, 0x7fu})
            for (std::uint32_t const lower : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu, 0x1234u, 0xabcdu})
                numbers.push_back(std::bit_cast<float>(sign_and_exponent << 23 | upper << 16 | lower));
    return numbers;
}

std::vector<std::uint16_t> rounded(std::vector<float> const& numbers, InstructionSet set) {
    std::vector<std::uint16_t> halves(numbers.size() + 1, 0xdead);
    to_bfloat16(numbers.data(), halves.data(), numbers.size(), set);
    CHECK(halves.back() == 0xdead);
    halves.pop_back();
    return halves;
}

std::uint16_t rounded(float number, InstructionSet set) { return rounded(std::vector<float>{number}, set)[0]; }

bool is_nan(std::uint16_t half) { return std::isnan(test::widened(half)); }

} // namespace

TEST_CASE("floats of all exponents are rounded to the nearest bfloat16", "[bfloat16]") {
    auto const numbers = of_all_exponents();
    for (auto const set : test::instruction_sets_here()) {
        auto const halves = rounded(numbers, set);
        CAPTURE(static_cast<int>(set));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (std::isnan(numbers[i]))
                wrong += is_nan(halves[i]) ? 0 : 1;
            else
                wrong += halves[i] == test::nearest_bfloat16(numbers[i]) ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("ties go to the even neighbour, away from zero and towards it", "[bfloat16]") {
    for (auto const set : test::instruction_sets_here()) {
        CHECK(test::widened(rounded(1 + 1.0f / 256, set)) == 1.0f);
        CHECK(test::widened(rounded(1 + 3.0f / 256, set)) == 1 + 4.0f / 256);
        CHECK(test::widened(rounded(-1 - 1.0f / 256, set)) == -1.0f);
        CHECK(test::widened(rounded(-1 - 3.0f / 256, set)) == -1 - 4.0f / 256);
        CHECK(test::widened(rounded(std::nextafter(1 + 1.0f / 256, 2.0f), set)) == 1 + 2.0f / 256);
        CHECK(test::widened(rounded(257, set)) == 256);
        CHECK(test::widened(rounded(259, set)) == 260);
        CHECK(test::widened(rounded(std::nextafter(2.0f, 0.0f), set)) == 2); // into the next exponent
    }
}

TEST_CASE("whole numbers up to 256, signs of zero and infinities stay what they are", "[bfloat16]") {
    float const infinity = std::numeric_limits<float>::infinity();
    for (auto const set : test::instruction_sets_here()) {
        for (int i = -256; i <= 256; ++i)
            REQUIRE(test::widened(rounded(static_cast<float>(i), set)) == static_cast<float>(i));
        CHECK(rounded(0.0f, set) == 0);
        CHECK(rounded(-0.0f, set) == 0x8000);
        CHECK(test::widened(rounded(infinity, set)) == infinity);
        CHECK(test::widened(rounded(-infinity, set)) == -infinity);
        CHECK(test::widened(rounded(std::numeric_limits<float>::max(), set)) == infinity);
        CHECK(test::widened(rounded(std::numeric_limits<float>::lowest(), set)) == -infinity);
    }
}

TEST_CASE("compilers without vector types round alike", "[bfloat16]") {
    auto const numbers = of_all_exponents();
    std::vector<std::uint16_t> halves(numbers.size());
    EachChunk<float, ToBfloat16Step>{{numbers.data(), halves.data()}, numbers.size()}.run<PortableRegisters>();
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (std::isnan(numbers[i]))
            REQUIRE(is_nan(halves[i]));
        else
            REQUIRE(halves[i] == test::nearest_bfloat16(numbers[i]));
}

TEST_CASE("subnormal numbers are rounded and not lost", "[bfloat16]") {
    float const least = std::bit_cast<float>(0x00010000u); // of the bfloat16 above 0
    for (auto const set : test::instruction_sets_here()) {
        CHECK(test::widened(rounded(least, set)) == least);
        CHECK(test::widened(rounded(least / 2, set)) == 0);
        CHECK(test::widened(rounded(std::nextafter(least / 2, 1.0f), set)) == least);
        CHECK(test::widened(rounded(-least * 1.5f, set)) == -2 * least);
        CHECK(test::widened(rounded(std::numeric_limits<float>::denorm_min(), set)) == 0);
        CHECK(rounded(-std::numeric_limits<float>::denorm_min(), set) == 0x8000);
    }
}

TEST_CASE("NaN of any bits stays NaN", "[bfloat16]") {
    for (auto const set : test::instruction_sets_here())
        for (std::uint32_t const bits :
             {0x7fc00000u, 0xffc00000u, 0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu, 0x7fff8000u, 0x7f808000u})
            CHECK(is_nan(rounded(std::bit_cast<float>(bits), set)));
}

TEST_CASE("rows of any length are rounded alike and nothing beside them is touched", "[bfloat16]") {
    auto const numbers = of_all_exponents();
    for (auto const set : test::instruction_sets_here())
        for (std::size_t n = 0; n < 70; ++n) {
            std::vector<float> const row(numbers.begin() + 9000, numbers.begin() + 9000 + static_cast<long>(n));
            auto const halves = rounded(row, set);
            for (std::size_t j = 0; j < n; ++j) REQUIRE(halves[j] == test::nearest_bfloat16(row[j]));
        }
}

} // namespace test_bfloat16
