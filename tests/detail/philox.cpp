// SPDX-License-Identifier: MIT
#include <boltz/detail/philox.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

namespace test_philox {

using namespace boltz::detail;

namespace {

std::vector<InstructionSet> sets_here() {
    std::vector<InstructionSet> sets;
    for (auto const set : {InstructionSet::base, InstructionSet::avx2, InstructionSet::avx512})
        if (runs(set)) sets.push_back(set);
    return sets;
}

std::array<std::uint32_t, 4> words_at(std::uint64_t key, std::uint64_t row, std::uint64_t group,
                                      PhiloxPurpose purpose) {
    return philox4x32_10({static_cast<std::uint32_t>(group), static_cast<std::uint32_t>(row),
                          static_cast<std::uint32_t>(row >> 32), static_cast<std::uint32_t>(purpose)},
                         {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
}

template <class T>
T uniform_at(std::uint64_t key, std::uint64_t row, std::uint64_t column) {
    if constexpr (sizeof(T) == 4) {
        auto const words = words_at(key, row, column / 4, PhiloxPurpose::uniform);
        return static_cast<float>(words[column % 4] >> 8) * 0x1p-24f;
    } else {
        auto const words = words_at(key, row, column / 2, PhiloxPurpose::uniform);
        std::uint64_t const low = words[2 * (column % 2)];
        std::uint64_t const high = words[2 * (column % 2) + 1];
        return static_cast<double>((high << 32 | low) >> 11) * 0x1p-53;
    }
}

template <class T>
T normal_at(std::uint64_t key, std::uint64_t row, std::uint64_t column) {
    // Rounded as the kernel rounds it: near 1 its last bit moves the radius by far more than the radius' own.
    long double radius_uniform = 0;
    std::uint64_t angle_bits = 0;
    if constexpr (sizeof(T) == 4) {
        auto const words = words_at(key, row, column / 4, PhiloxPurpose::normal);
        std::size_t const pair = column % 4 / 2;
        radius_uniform = static_cast<float>(words[2 * pair]) * 0x1p-32f + 0x1p-33f;
        // The kernel reads the 23 bits below the quadrant.
        angle_bits = std::uint64_t{words[2 * pair + 1] & ~std::uint32_t{0x7f}} << 32;
    } else {
        auto const words = words_at(key, row, column / 2, PhiloxPurpose::normal);
        radius_uniform = static_cast<double>(words[0] | std::uint64_t{words[1]} << 32) * 0x1p-64 + 0x1p-65;
        angle_bits = (words[2] | std::uint64_t{words[3]} << 32) & ~std::uint64_t{0x3ff};
    }
    long double const angle =
        (static_cast<long double>(angle_bits) / 0x1p64L - 0.125L) * 2 * std::numbers::pi_v<long double>;
    long double const radius = std::sqrt(-2 * std::log(radius_uniform));
    return static_cast<T>(radius * (column % 2 == 0 ? std::cos(angle) : std::sin(angle)));
}

} // namespace

TEST_CASE("Philox4x32-10 gives the published answers", "[philox]") {
    using Words = std::array<std::uint32_t, 4>;
    std::uint32_t const ones = 0xffffffff;
    CHECK(philox4x32_10({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox4x32_10({ones, ones, ones, ones}, {ones, ones}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEMPLATE_TEST_CASE("uniform rows equal the scalar definition for every instruction set and cut", "[philox]", float,
                   double) {
    std::uint64_t const key = 0xfedcba9876543210;
    for (std::uint64_t const row : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0x1234567890}}) {
        for (std::size_t const first : {0u, 1u, 2u, 3u, 5u, 100u, 131u}) {
            for (std::size_t const n : {0u, 1u, 3u, 7u, 8u, 31u, 32u, 33u, 64u, 129u}) {
                for (auto const set : sets_here()) {
                    std::vector<TestType> out(n + 1, TestType{-1});
                    philox_uniform(key, row, first, out.data(), n, set);
                    bool equal = out[n] == TestType{-1};
                    for (std::size_t j = 0; j < n; ++j)
                        equal = equal && out[j] == uniform_at<TestType>(key, row, first + j);
                    CAPTURE(row, first, n, static_cast<int>(set));
                    REQUIRE(equal);
                }
            }
        }
    }
}

TEMPLATE_TEST_CASE("the portable packs draw what the vector registers draw", "[philox]", float, double) {
    std::size_t const n = 101;
    std::vector<TestType> uniform(n), normal(n), uniform_base(n), normal_base(n);
    RandomRow const row{5, 6, 3};
    EachDrawnChunk<TestType, UniformNumbers, StoreNumbers<TestType>>{row, {uniform.data()}, n}
        .template run<PortableRegisters>();
    EachDrawnChunk<TestType, NormalNumbers, StoreNumbers<TestType>>{row, {normal.data()}, n}
        .template run<PortableRegisters>();
    philox_uniform(5, 6, 3, uniform_base.data(), n);
    philox_normal(5, 6, 3, normal_base.data(), n);
    CHECK(uniform == uniform_base);
    for (std::size_t j = 0; j < n; ++j)
        CHECK(std::abs(normal[j] - normal_base[j]) <= 16 * std::numeric_limits<TestType>::epsilon());
}

TEMPLATE_TEST_CASE("normal rows follow Box and Muller to a few units in the last place", "[philox]", float, double) {
    std::vector<std::vector<TestType>> fused;
    for (auto const set : sets_here()) {
        CAPTURE(static_cast<int>(set));
        std::size_t const n = 20001;
        std::vector<TestType> out(n);
        philox_normal(11, 5, 3, out.data(), n, set);
        TestType worst = 0;
        for (std::size_t j = 0; j < n; ++j) {
            REQUIRE(std::isfinite(out[j]));
            worst = std::max(worst, std::abs(out[j] - normal_at<TestType>(11, 5, 3 + j)));
        }
        // Numbers reach from -10 to 10, so this is 2 units in the last place of the greatest.
        CHECK(worst / std::numeric_limits<TestType>::epsilon() <= 16);
        // Cut elsewhere, the row is the same.
        std::vector<TestType> pieces(n);
        for (std::size_t at = 0, length = 1; at < n; at += length, length = length % 57 + 1)
            philox_normal(11, 5, 3 + at, pieces.data() + at, std::min(length, n - at), set);
        CHECK(pieces == out);
        if (set == InstructionSet::avx2 || set == InstructionSet::avx512) fused.push_back(out);
    }
    if (fused.size() == 2) CHECK(fused[0] == fused[1]);
}

TEMPLATE_TEST_CASE("uniform and normal numbers have their moments", "[philox]", float, double) {
    // z-scores below 5 for six sums: false alarms once in 300,000 seeds.
    std::size_t const n = 1000000;
    std::vector<TestType> numbers(n);
    auto const z_score = [&](int power, double mean, double variance) {
        double sum = 0;
        for (auto const number : numbers) sum += std::pow(double{number}, power) - mean;
        return std::abs(sum) / std::sqrt(variance * static_cast<double>(n));
    };
    philox_uniform(1, 2, 0, numbers.data(), n);
    CHECK(*std::min_element(numbers.begin(), numbers.end()) >= 0);
    CHECK(*std::max_element(numbers.begin(), numbers.end()) < 1);
    CHECK(z_score(1, 0.5, 1.0 / 12) < 5);
    CHECK(z_score(2, 1.0 / 3, 4.0 / 45) < 5);
    philox_normal(1, 2, 0, numbers.data(), n);
    CHECK(z_score(1, 0, 1) < 5);
    CHECK(z_score(2, 1, 2) < 5);
    CHECK(z_score(3, 0, 15) < 5);
    CHECK(z_score(4, 3, 96) < 5);
}

TEST_CASE("normal numbers stay finite for the extreme bits", "[philox]") {
    // The least and the greatest radius that the bits allow.
    using V = ArrayPack<float, 2>;
    using W = ArrayPack<double, 1>;
    auto const radius = [](auto uniform) {
        using Pack = decltype(uniform);
        return square_root(Pack::all(-2) * logarithm(uniform)).lane[0];
    };
    CHECK(radius(V::all(1.0f)) == 0.0f);
    CHECK(radius(V::all(0x1p-33f)) == Approx(std::sqrt(66 * std::numbers::ln2)).epsilon(1e-6));
    CHECK(radius(W::all(1.0)) == 0.0);
    CHECK(radius(W::all(0x1p-65)) == Approx(std::sqrt(130 * std::numbers::ln2)).epsilon(1e-15));
}

TEST_CASE("whole numbers below a bound are uniform", "[philox]") {
    CHECK(philox_below(1, 2, 3, 1) == 0);
    // Chi-square with 6 degrees of freedom, threshold of a false-alarm rate of 1e-6.
    std::array<int, 7> counts{};
    int const n = 70000;
    for (int i = 0; i < n; ++i) ++counts[philox_below(9, static_cast<std::uint64_t>(i), 4, 7)];
    double chi_square = 0;
    for (int const count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
    CHECK(chi_square < 38.3);
}

TEST_CASE("words beyond the greatest multiple of a bound are drawn again", "[philox]") {
    // With a bound just above 2^63 almost half of the words are refused.
    std::uint64_t const bound = (std::uint64_t{1} << 63) + 1;
    int upper = 0;
    for (std::uint64_t row = 0; row < 10000; ++row) {
        std::uint64_t const number = philox_below(3, row, 0, bound);
        REQUIRE(number < bound);
        upper += number >= bound / 2 ? 1 : 0;
    }
    // Five standard deviations: once in 1,700,000 seeds.
    CHECK(std::abs(upper - 5000) < 250);
}

TEST_CASE("derived keys differ from each other and from draws", "[philox]") {
    std::set<std::uint64_t> keys;
    for (std::uint64_t name = 0; name < 10000; ++name) keys.insert(philox_derive(42, name));
    for (std::uint64_t key = 0; key < 10000; ++key) keys.insert(philox_derive(key + 100, 0));
    CHECK(keys.size() == 20000);
    CHECK(philox_derive(42, 1) == philox_derive(42, 1));
}

} // namespace test_philox
