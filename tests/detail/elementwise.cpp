// SPDX-License-Identifier: MIT
#include <boltz/detail/elementwise.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_elementwise {

using namespace boltz::detail;

namespace {

std::vector<InstructionSet> sets_here() {
    std::vector<InstructionSet> sets;
    for (auto const set : {InstructionSet::base, InstructionSet::avx2, InstructionSet::avx512})
        if (runs(set)) sets.push_back(set);
    return sets;
}

bool fused(InstructionSet set) { return set == InstructionSet::avx2 || set == InstructionSet::avx512; }

/// |computed - exact| in units in the last place of the exact value.
template <class T>
double units_apart(T computed, long double exact) {
    T const rounded = std::abs(static_cast<T>(exact));
    T const next = std::nextafter(rounded, std::numeric_limits<T>::infinity());
    return static_cast<double>(std::abs(computed - exact) / (static_cast<long double>(next) - rounded));
}

/// Numbers of all sizes and both signs, dense near 0, and the places where formulas change.
template <class T>
std::vector<T> everything(T greatest) {
    std::vector<T> numbers;
    for (int i = -40000; i <= 40000; ++i) numbers.push_back(greatest * static_cast<T>(i) / 40000);
    for (T x = greatest; x > T{1e-30f}; x *= T{0.97f}) {
        numbers.push_back(x);
        numbers.push_back(-x);
    }
    return numbers;
}

template <class T>
std::vector<T> normal_row(std::size_t n, std::uint64_t seed) {
    std::vector<T> row(n);
    philox_normal(seed, 0, 0, row.data(), n);
    return row;
}

} // namespace

TEST_CASE("what is not kept of a sum does not count, whatever it was", "[elementwise]") {
    boltz::Matrix<double> const rows{{1, 2, 3}, {4, 5, 6}};
    boltz::Vector<double> sum{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 7};
    accumulate_rows(sum, boltz::Block{rows}, 2, 0);
    CHECK(std::vector<double>(sum.begin(), sum.end()) == std::vector<double>{10, 14, 18});
    accumulate_rows(sum, boltz::Block{rows}, 1, 0.5);
    CHECK(std::vector<double>(sum.begin(), sum.end()) == std::vector<double>{10, 14, 18});
}

TEMPLATE_TEST_CASE("the sigmoid is right to 3 units in the last place", "[elementwise]", float, double) {
    auto const x = everything<TestType>(sizeof(TestType) == 4 ? TestType{87} : TestType{708});
    for (auto const set : sets_here()) {
        auto y = x;
        sigmoid(y.data(), y.size(), set);
        double worst = 0;
        for (std::size_t j = 0; j < x.size(); ++j)
            worst = std::max(worst, units_apart(y[j], 1 / (1 + std::exp(-static_cast<long double>(x[j])))));
        CAPTURE(static_cast<int>(set));
        CHECK(worst <= 3);
    }
}

TEMPLATE_TEST_CASE("the sigmoid has exact limits and passes NaN on", "[elementwise]", float, double) {
    TestType const infinity = std::numeric_limits<TestType>::infinity();
    for (auto const set : sets_here()) {
        std::vector<TestType> x{-10000,
                                10000,
                                -infinity,
                                infinity,
                                0,
                                -0.0f,
                                NAN,
                                std::numeric_limits<TestType>::lowest(),
                                std::numeric_limits<TestType>::max()};
        sigmoid(x.data(), x.size(), set);
        CHECK(x[0] == 0);
        CHECK(x[1] == 1);
        CHECK(x[2] == 0);
        CHECK(x[3] == 1);
        CHECK(x[4] == TestType{0.5});
        CHECK(x[5] == TestType{0.5});
        CHECK(std::isnan(x[6]));
        CHECK(x[7] == 0);
        CHECK(x[8] == 1);
    }
}

TEMPLATE_TEST_CASE("exponentials minus a shift are right to 2 units, with gradual underflow", "[elementwise]", float,
                   double) {
    auto const x = everything<TestType>(static_cast<TestType>(sizeof(TestType) == 4 ? 88.7 : 709.7));
    TestType const infinity = std::numeric_limits<TestType>::infinity();
    for (auto const set : sets_here()) {
        CAPTURE(static_cast<int>(set));
        auto y = x;
        double const sum = exp_minus(y.data(), y.size(), 0, set);
        double worst = 0;
        long double exact_sum = 0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            worst = std::max(worst, units_apart(y[j], std::exp(static_cast<long double>(x[j]))));
            exact_sum += y[j];
        }
        CHECK(worst <= 2);
        CHECK(sum == Approx(static_cast<double>(exact_sum)).epsilon(1e-13));
        std::vector<TestType> extreme{-10000, 10000, -infinity, infinity, NAN};
        exp_minus(extreme.data(), extreme.size(), 1, set);
        CHECK(extreme[0] == 0);
        CHECK(extreme[1] == infinity);
        CHECK(extreme[2] == 0);
        CHECK(extreme[3] == infinity);
        CHECK(std::isnan(extreme[4]));
    }
}

TEMPLATE_TEST_CASE("softplus is right to 3 units in the last place", "[elementwise]", float, double) {
    auto const x = everything<TestType>(sizeof(TestType) == 4 ? TestType{87} : TestType{708});
    for (auto const set : sets_here()) {
        double worst = 0;
        for (auto const number : x) {
            long double const wide = number;
            long double const exact = std::max(wide, 0.0L) + std::log1p(std::exp(-std::abs(wide)));
            worst = std::max(worst, units_apart(static_cast<TestType>(sum_softplus(&number, 1, set)), exact));
        }
        CAPTURE(static_cast<int>(set));
        CHECK(worst <= 3);
        TestType const extremes[] = {-10000, 10000, NAN};
        CHECK(sum_softplus(extremes, 1, set) == 0);
        CHECK(sum_softplus(extremes, 2, set) == 10000);
        CHECK(std::isnan(sum_softplus(extremes, 3, set)));
    }
}

TEMPLATE_TEST_CASE("the negative entropy is right in double precision", "[elementwise]", float, double) {
    std::vector<TestType> means{0,
                                1,
                                TestType{0.5},
                                std::numeric_limits<TestType>::min(),
                                std::numeric_limits<TestType>::denorm_min(),
                                std::nextafter(TestType{1}, TestType{0})};
    for (int i = 1; i < 5000; ++i) means.push_back(static_cast<TestType>(i) / 5000);
    for (TestType p = TestType{0.1f}; p > TestType{1e-30f}; p *= TestType{0.9f}) means.push_back(p);
    for (auto const set : sets_here()) {
        CAPTURE(static_cast<int>(set));
        double worst = 0;
        long double total = 0;
        for (auto const mean : means) {
            long double const m = mean;
            long double const exact = (m > 0 ? m * std::log(m) : 0) + (m < 1 ? (1 - m) * std::log1p(-m) : 0);
            total += exact;
            double const computed = sum_negative_entropy(&mean, 1, set);
            worst = std::max(worst, static_cast<double>(std::abs(computed - exact)));
        }
        CHECK(worst <= 4e-16);
        CHECK(sum_negative_entropy(means.data(), means.size(), set) ==
              Approx(static_cast<double>(total)).epsilon(1e-13));
        TestType const bad = NAN;
        CHECK(std::isnan(sum_negative_entropy(&bad, 1, set)));
        CHECK(sum_negative_entropy(means.data(), 2, set) == 0);
    }
}

TEMPLATE_TEST_CASE("a fused sigmoid and draw has the bits of the two steps", "[elementwise]", float, double) {
    for (auto const set : sets_here()) {
        for (std::size_t const n : {1u, 3u, 16u, 31u, 32u, 33u, 100u, 257u}) {
            for (std::size_t const first : {0u, 1u, 6u, 7u}) {
                auto const x = normal_row<TestType>(n, 5);
                auto mean = x;
                std::vector<TestType> state(n), uniform(n), drawn(n);
                sigmoid_and_draw(mean.data(), state.data(), 1, 2, first, n, set);
                auto expected = x;
                sigmoid(expected.data(), n, set);
                philox_uniform(1, 2, first, uniform.data(), n, set);
                draw_bernoulli(expected.data(), drawn.data(), 1, 2, first, n, set);
                CAPTURE(static_cast<int>(set), n, first);
                REQUIRE(mean == expected);
                REQUIRE(state == drawn);
                for (std::size_t j = 0; j < n; ++j) REQUIRE((state[j] == 1) == (uniform[j] < expected[j]));
                draw_bernoulli(expected.data(), expected.data(), 1, 2, first, n, set);
                REQUIRE(expected == drawn);
            }
        }
    }
}

TEMPLATE_TEST_CASE("a number's result does not depend on its place in the row", "[elementwise]", float, double) {
    std::size_t const n = 150;
    auto const x = normal_row<TestType>(n, 8);
    auto const gradient = normal_row<TestType>(n, 9);
    auto const one_row = [&](std::size_t piece, InstructionSet set, std::vector<TestType>& a,
                             std::vector<TestType>& b) {
        a = x;
        b = gradient;
        for (std::size_t at = 0; at < n; at += piece) {
            std::size_t const length = std::min(piece, n - at);
            sigmoid(a.data() + at, length, set);
            axpy(a.data() + at, x.data() + at, length, TestType{0.3f}, set);
            add_squares(b.data() + at, x.data() + at, length, TestType{-0.7f}, set);
            momentum_update(a.data() + at, b.data() + at, gradient.data() + at, length, TestType{0.9f},
                            TestType{0.01f}, TestType{0.001f}, set);
            scale(a.data() + at, length, TestType{1.1f}, set);
            exp_minus(b.data() + at, length, TestType{0.5f}, set);
        }
    };
    std::vector<TestType> first_fused;
    for (auto const set : sets_here()) {
        std::vector<TestType> whole_a, whole_b, a, b;
        one_row(n, set, whole_a, whole_b);
        for (std::size_t const piece : {1u, 5u, 8u, 16u, 17u, 64u}) {
            one_row(piece, set, a, b);
            CAPTURE(static_cast<int>(set), piece);
            CHECK(a == whole_a);
            CHECK(b == whole_b);
        }
        if (!fused(set)) continue;
        whole_a.insert(whole_a.end(), whole_b.begin(), whole_b.end());
        if (first_fused.empty()) first_fused = whole_a;
        CHECK(whole_a == first_fused);
    }
}

TEMPLATE_TEST_CASE("sums have the same bits for all sets with fused multiply-add", "[elementwise]", float, double) {
    std::vector<std::vector<double>> results;
    for (auto const set : sets_here()) {
        if (!fused(set)) continue;
        auto& sums = results.emplace_back();
        for (std::size_t const n : {0u, 1u, 15u, 16u, 17u, 40u, 500u, 1003u}) {
            auto x = normal_row<TestType>(n, 3);
            auto const y = normal_row<TestType>(n, 4);
            sums.push_back(dot(x.data(), y.data(), n, set));
            sums.push_back(sum_softplus(x.data(), n, set));
            sums.push_back(exp_minus(x.data(), n, 0, set));
            sigmoid(x.data(), n, set);
            sums.push_back(sum_negative_entropy(x.data(), n, set));
        }
    }
    for (auto const& sums : results) CHECK(sums == results.front());
}

TEMPLATE_TEST_CASE("linear kernels agree with plain loops", "[elementwise]", float, double) {
    double const tolerance = 4 * double{std::numeric_limits<TestType>::epsilon()};
    std::size_t const n = 75;
    auto const x = normal_row<TestType>(n, 1);
    auto const y = normal_row<TestType>(n, 2);
    auto const v = normal_row<TestType>(n, 3);
    for (auto const set : sets_here()) {
        CAPTURE(static_cast<int>(set));
        auto scaled = x, sum = y, squares = y, parameter = x, velocity = v;
        scale(scaled.data(), n, 3, set);
        axpy(sum.data(), x.data(), n, TestType{0.5}, set);
        add_squares(squares.data(), x.data(), n, TestType{0.5}, set);
        momentum_update(parameter.data(), velocity.data(), y.data(), n, TestType{0.75}, TestType{0.25}, TestType{0.5},
                        set);
        double product = 0;
        TestType greatest = x[0];
        TestType least = x[0];
        TestType difference = 0;
        for (std::size_t j = 0; j < n; ++j) {
            double const a = x[j];
            double const b = y[j];
            double const step = 0.75 * double{v[j]} + 0.25 * (b - 0.5 * a);
            CHECK(scaled[j] == 3 * x[j]);
            CHECK(std::abs(sum[j] - (b + 0.5 * a)) <= tolerance * 4);
            CHECK(std::abs(squares[j] - (b + 0.5 * a * a)) <= tolerance * 8);
            CHECK(std::abs(velocity[j] - step) <= tolerance * 4);
            CHECK(std::abs(parameter[j] - (a + step)) <= tolerance * 4);
            product += a * b;
            greatest = std::max(greatest, x[j]);
            least = std::min(least, x[j]);
            difference = std::max(difference, std::abs(x[j] - y[j]));
        }
        CHECK(dot(x.data(), y.data(), n, set) == Approx(product).epsilon(1e-13));
        CHECK(maximum(x.data(), n, set) == greatest);
        CHECK(minimum(x.data(), n, set) == least);
        CHECK(max_abs_difference(x.data(), y.data(), n, set) == difference);
    }
}

TEMPLATE_TEST_CASE("NaN and infinity are found wherever they stand", "[elementwise]", float, double) {
    TestType const infinity = std::numeric_limits<TestType>::infinity();
    for (auto const set : sets_here()) {
        for (std::size_t n = 1; n < 70; n += 3) {
            auto x = normal_row<TestType>(n, 6);
            auto const y = x;
            CHECK(all_finite(x.data(), n, set));
            CHECK(max_abs_difference(x.data(), y.data(), n, set) == 0);
            for (std::size_t j = 0; j < n; ++j) {
                for (TestType const bad : {infinity, -infinity, TestType{NAN}, -TestType{NAN}}) {
                    x[j] = bad;
                    REQUIRE_FALSE(all_finite(x.data(), n, set));
                    TestType const difference = max_abs_difference(x.data(), y.data(), n, set);
                    REQUIRE((std::isnan(bad) ? std::isnan(difference) : difference == infinity));
                }
                x[j] = 100;
                REQUIRE(maximum(x.data(), n, set) == 100);
                x[j] = -100;
                REQUIRE(minimum(x.data(), n, set) == -100);
                x[j] = y[j];
            }
        }
        CHECK(all_finite(static_cast<TestType*>(nullptr), 0, set));
        CHECK(maximum(static_cast<TestType*>(nullptr), 0, set) == -infinity);
        CHECK(minimum(static_cast<TestType*>(nullptr), 0, set) == infinity);
        TestType const greatest = std::numeric_limits<TestType>::max();
        CHECK(all_finite(&greatest, 1, set));
    }
}

TEMPLATE_TEST_CASE("bytes are scaled exactly", "[elementwise]", float, double) {
    std::vector<std::uint8_t> bytes(256);
    for (std::size_t j = 0; j < bytes.size(); ++j) bytes[j] = static_cast<std::uint8_t>(j);
    for (auto const set : sets_here()) {
        for (std::size_t const n : {3u, 250u, 256u}) {
            std::vector<TestType> out(n + 1, -1);
            bytes_to_scaled(bytes.data(), out.data(), n, TestType{0.5}, set);
            for (std::size_t j = 0; j < n; ++j) REQUIRE(out[j] == static_cast<TestType>(j) / 2);
            CHECK(out[n] == -1);
        }
    }
}

TEMPLATE_TEST_CASE("rows of a strided block are added up in order", "[elementwise]", float, double) {
    std::size_t const rows = 9;
    std::size_t const columns = 37;
    std::size_t const stride = 41;
    auto const numbers = normal_row<TestType>(rows * stride, 7);
    boltz::Block<TestType const> const block{numbers.data(), rows, columns, stride};
    for (auto const set : sets_here()) {
        std::vector<TestType> sum(columns + 1, 1);
        add_rows(sum.data(), block, 2, set);
        for (std::size_t j = 0; j < columns; ++j) {
            TestType total = 0;
            for (std::size_t i = 0; i < rows; ++i) total += block(i, j);
            // Doubling is exact, so fused or not there is one rounding.
            REQUIRE(sum[j] == 1 + 2 * total);
        }
        CHECK(sum[columns] == 1);
        add_rows(sum.data(), boltz::Block<TestType const>{nullptr, 0, columns, stride}, 2, set);
    }
}

TEMPLATE_TEST_CASE("kernels on portable packs agree with those on registers", "[elementwise]", float, double) {
    std::size_t const n = 83;
    double const tolerance = 8 * double{std::numeric_limits<TestType>::epsilon()};
    auto const x = normal_row<TestType>(n, 12);
    auto const y = normal_row<TestType>(n, 13);
    auto portable = x, native = x;
    EachChunk<TestType, SigmoidStep<TestType>>{{portable.data()}, n}.template run<PortableRegisters>();
    sigmoid(native.data(), n);
    for (std::size_t j = 0; j < n; ++j) CHECK(std::abs(portable[j] - native[j]) <= tolerance);

    SumOfTerms<TestType, SoftplusTerm<TestType>> const softplus{{x.data()}, n};
    CHECK(softplus.template run<PortableRegisters>() == Approx(sum_softplus(x.data(), n)).epsilon(tolerance));
    SumOfTerms<TestType, NegativeEntropyTerm<TestType>> const entropy{{native.data()}, n};
    CHECK(entropy.template run<PortableRegisters>() == Approx(sum_negative_entropy(native.data(), n)).epsilon(1e-14));
    SumOfTerms<TestType, ProductTerm<TestType>> const product{{x.data(), y.data()}, n};
    CHECK(product.template run<PortableRegisters>() == Approx(dot(x.data(), y.data(), n)).epsilon(1e-12));
    FoldOfTerms<TestType, DifferenceRule<TestType>> const difference{{x.data(), y.data()}, n, 0};
    CHECK(difference.template run<PortableRegisters>() == max_abs_difference(x.data(), y.data(), n));

    portable = x;
    native = x;
    SumOfTerms<TestType, ExpMinusTerm<TestType>> const exponentials{{portable.data(), 1}, n};
    CHECK(exponentials.template run<PortableRegisters>() ==
          Approx(exp_minus(native.data(), n, 1)).epsilon(tolerance));

    std::vector<std::uint8_t> const bytes{0, 1, 127, 128, 255};
    std::vector<TestType> out(bytes.size());
    EachChunk<TestType, BytesStep<TestType>>{{bytes.data(), out.data(), 1}, out.size()}
        .template run<PortableRegisters>();
    CHECK(out == std::vector<TestType>{0, 1, 127, 128, 255});
}

} // namespace test_elementwise
