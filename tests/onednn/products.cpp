// SPDX-License-Identifier: MIT
#include "support/bfloat16.hpp"
#include "support/catch.hpp"

#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace test_products {

// This file does not include <boltz/onednn.hpp>; the program does.

using namespace boltz;
using namespace boltz::detail;

namespace {

constexpr Precision precisions[] = {Precision::float32, Precision::bfloat16};

/// Packed weights, or null where this processor has no fast products of them (then there is nothing to test).
std::unique_ptr<PackedWeights> pack(std::size_t below, std::size_t above, Precision precision) {
    REQUIRE(product_library() != nullptr);
    if (precision == Precision::bfloat16 && !without_bfloat16().empty()) {
        WARN("no bfloat16: " << without_bfloat16());
        return nullptr;
    }
    auto packed = product_library()->pack(below, above, precision);
    if (!packed) WARN("this processor has no packed products of " << to_string(precision));
    return packed;
}

/// A block with NaN in the columns beside it.
struct Framed {
    Framed(std::size_t rows, std::size_t columns, std::size_t gap)
        : whole{xt::zeros<float>({rows, columns + 2 * gap})}, left{gap}, width{columns} {
        whole.fill(std::numeric_limits<float>::quiet_NaN());
    }
    [[nodiscard]] Block<float> block() { return Block<float>{whole}.column_range(left, width); }

    [[nodiscard]] bool frame_is_untouched() const {
        for (std::size_t i = 0; i < whole.shape(0); ++i)
            for (std::size_t j = 0; j < whole.shape(1); ++j)
                if ((j < left || j >= left + width) && !std::isnan(whole(i, j))) return false;
        return true;
    }

    Matrix<float> whole;
    std::size_t left;
    std::size_t width;
};

void refresh(PackedWeights& packed, Block<float const> weights) { packed.refresh(weights, 0, weights.rows); }

/// out += states W or states W'.
void add_product(PackedWeights const& packed, Pass pass, Block<float const> states, Block<float> out) {
    packed.product(pass, states, nullptr, 1, out);
}

/// gradient = keep * gradient + factor * below' above, cut by rows of the gradient as by a training.
void accumulate(PackedWeights const& packed, Block<float const> below, Block<float const> above, float factor,
                float keep, Block<float> gradient, Executor& executor) {
    std::vector<std::uint32_t> words(packed.case_words(above.rows));
    packed.pack_cases(above, 0, above.rows, words.data());
    executor.for_each_block(gradient.rows, 256, [&](std::size_t first, std::size_t count) {
        packed.statistics(below.column_range(first, count), words.data(), factor, keep,
                          gradient.row_range(first, count));
    });
}

enum class Numbers { normal, binary, means };

Framed filled(std::size_t rows, std::size_t columns, std::size_t gap, Numbers numbers, std::uint64_t seed) {
    Framed result{rows, columns, gap};
    for (std::size_t i = 0; i < rows; ++i) {
        auto const row = result.block().row(i);
        if (numbers == Numbers::normal)
            Draws::from_seed(seed).normal(i, 0, row);
        else
            Draws::from_seed(seed).uniform(i, 0, row);
        if (numbers == Numbers::binary)
            for (float& x : row) x = x < 0.5f ? 0.0f : 1.0f;
    }
    return result;
}

/// The numbers of a block, or of its transpose, as `precision` reads them.
std::vector<double> read(Block<float const> block, Op op, Precision precision) {
    std::vector<double> result;
    bool const transpose = op == Op::transpose;
    for (std::size_t i = 0; i < (transpose ? block.columns : block.rows); ++i)
        for (std::size_t j = 0; j < (transpose ? block.rows : block.columns); ++j) {
            float const number = transpose ? block(j, i) : block(i, j);
            result.push_back(precision == Precision::bfloat16 ? test::as_bfloat16(number) : number);
        }
    return result;
}

struct Expected {
    Matrix<double> value;
    Matrix<double> size; ///< the sum of the sizes of all terms: what rounding errors are measured by
};

/// keep * start + factor * a b, in double; `keep` 0 does not read `start`.
Expected plain(Block<float const> start, double keep, double factor, std::vector<double> const& a,
               std::vector<double> const& b) {
    Expected result{xt::zeros<double>({start.rows, start.columns}), xt::zeros<double>({start.rows, start.columns})};
    std::size_t const inner = a.size() / start.rows;
    for (std::size_t i = 0; i < start.rows; ++i) {
        double* const value = &result.value(i, 0);
        double* const size = &result.size(i, 0);
        for (std::size_t j = 0; j < start.columns; ++j) {
            value[j] = keep == 0 ? 0 : keep * double{start(i, j)};
            size[j] = std::abs(value[j]);
        }
        for (std::size_t k = 0; k < inner; ++k)
            for (std::size_t j = 0; j < start.columns; ++j) {
                double const term = factor * a[i * inner + k] * b[k * start.columns + j];
                value[j] += term;
                size[j] += std::abs(term);
            }
    }
    return result;
}

/// The largest error in units of the size of the terms.
double worst_error(Block<float const> found, Expected const& expected) {
    double worst = 0;
    for (std::size_t i = 0; i < found.rows; ++i)
        for (std::size_t j = 0; j < found.columns; ++j) {
            double const error = std::abs(found(i, j) - expected.value(i, j));
            if (!(error <= 1e30)) return std::numeric_limits<double>::infinity();
            if (error > 0) worst = std::max(worst, error / expected.size(i, j));
        }
    return worst;
}

std::vector<float> numbers_of(Block<float const> block) {
    std::vector<float> result;
    for (std::size_t i = 0; i < block.rows; ++i)
        result.insert(result.end(), block.row(i).begin(), block.row(i).end());
    return result;
}

// Sums of some hundred floats: an error of 2^-24 an addition, most of which cancel.
constexpr double float_error = 2e-6;
// Two numbers rounded by at most 2^-8 of themselves each.
constexpr double bfloat16_error = 2.1 / 256;

/// Both products of weights of this shape, for several numbers of rows, from blocks with and without a frame.
void check_products(std::size_t below, std::size_t above, Precision precision, std::vector<std::size_t> const& rows) {
    auto packed = pack(below, above, precision);
    if (!packed) return;
    for (std::size_t const gap : {0u, 3u}) {
        auto weights = filled(below, above, gap, Numbers::normal, 1);
        refresh(*packed, weights.block());
        for (Pass const pass : {Pass::up, Pass::down}) {
            bool const up = pass == Pass::up;
            std::size_t const inner = up ? below : above;
            std::size_t const columns = up ? above : below;
            Op const op = up ? Op::none : Op::transpose;
            auto const rounded = read(weights.block(), op, precision);
            auto const exact = read(weights.block(), op, Precision::float32);
            for (std::size_t const count : rows)
                for (Numbers const kind : {Numbers::binary, Numbers::means}) {
                    auto states = filled(count, inner, gap, kind, 2);
                    auto out = filled(count, columns, 2 * gap, Numbers::normal, 3);
                    auto const of_rounded =
                        plain(out.block(), 1, 1, read(states.block(), Op::none, precision), rounded);
                    auto const of_floats =
                        plain(out.block(), 1, 1, read(states.block(), Op::none, Precision::float32), exact);
                    add_product(*packed, pass, states.block(), out.block());
                    CAPTURE(below, above, to_string(precision), gap, count, up, kind == Numbers::binary);
                    CHECK(worst_error(out.block(), of_rounded) < float_error);
                    CHECK(worst_error(out.block(), of_floats) <
                          (precision == Precision::float32 ? float_error : bfloat16_error));
                    CHECK(out.frame_is_untouched());
                }
        }
    }
}

} // namespace

TEST_CASE("the program has a library of products although this file does not include it") {
    REQUIRE(product_library() != nullptr);
    CHECK_THAT(product_library()->name(), contains_text("oneDNN "));
}

TEST_CASE("packed products are those of the definition, of rounded numbers where they are rounded") {
    for (Precision const precision : precisions) {
        std::size_t const sizes[] = {1, 2, 15, 16, 17, 33, 63, 64, 65, 100};
        for (std::size_t const below : sizes)
            for (std::size_t const above : sizes) check_products(below, above, precision, {1, 3, 17});
        check_products(784, 500, precision, {1, 7, 16, 50});
        check_products(500, 130, precision, {63, 65, 150});
        check_products(10, 784, precision, {1, 64});
        check_products(3, 2000, precision, {5});
        check_products(2000, 1, precision, {5});
    }
}

TEST_CASE("refreshing replaces all of the weights, and a product of no rows does nothing") {
    for (Precision const precision : precisions) {
        auto packed = pack(70, 90, precision);
        if (!packed) return;
        auto old = filled(70, 90, 0, Numbers::normal, 1);
        auto weights = filled(70, 90, 0, Numbers::normal, 2);
        auto const states = filled(4, 70, 0, Numbers::binary, 3).whole;
        Matrix<float> first = xt::zeros<float>({4, 90});
        Matrix<float> second = first;
        refresh(*packed, weights.block());
        add_product(*packed, Pass::up, states, first);
        refresh(*packed, old.block());
        add_product(*packed, Pass::up, states, second);
        CHECK((numbers_of(first) != numbers_of(second)));
        refresh(*packed, weights.block());
        second = xt::zeros<float>({4, 90});
        add_product(*packed, Pass::up, states, second);
        CHECK((numbers_of(first) == numbers_of(second)));
        CHECK_NOTHROW(add_product(*packed, Pass::up, Block<float const>{states}.row_range(0, 0),
                                  Block<float>{second}.row_range(0, 0)));
        CHECK((numbers_of(first) == numbers_of(second)));
    }
}

TEST_CASE("many threads at once make the products of different rows, inside and outside an executor") {
    std::size_t const rows = 300;
    std::size_t const step = 7;
    for (Precision const precision : precisions) {
        auto packed = pack(150, 170, precision);
        if (!packed) return;
        Executor executor{{.threads = 4}};
        auto weights = filled(150, 170, 0, Numbers::normal, 1);
        refresh(*packed, weights.block());
        auto const states = filled(rows, 150, 0, Numbers::means, 2).whole;
        auto const product_of = [&](Matrix<float>& out, std::size_t first, std::size_t count) {
            add_product(*packed, Pass::up, Block<float const>{states}.row_range(first, count),
                        Block<float>{out}.row_range(first, count));
        };
        Matrix<float> expected = xt::zeros<float>({rows, std::size_t{170}});
        for (std::size_t first = 0; first < rows; first += step)
            product_of(expected, first, std::min(step, rows - first));
        for (int round = 0; round < 20; ++round) {
            Matrix<float> found = xt::zeros<float>({rows, std::size_t{170}});
            executor.for_each_block((rows + step - 1) / step, 1, [&](std::size_t index, std::size_t) {
                product_of(found, index * step, std::min(step, rows - index * step));
            });
            REQUIRE((numbers_of(found) == numbers_of(expected)));
        }
        // A fresh one, whose first products are made by many threads at the same time.
        packed = pack(150, 170, precision);
        refresh(*packed, weights.block());
        Matrix<float> found = xt::zeros<float>({rows, std::size_t{170}});
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 5; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t first = t * step; first < rows; first += 5 * step)
                    product_of(found, first, std::min(step, rows - first));
            });
        for (std::thread& thread : threads) thread.join();
        CHECK((numbers_of(found) == numbers_of(expected)));
    }
}

TEST_CASE("statistics are kept, multiplied and added as the definition says") {
    struct Case {
        std::size_t below, above, rows;
    };
    for (Precision const precision : precisions)
        for (Case const c : {Case{1, 1, 1}, Case{5, 3, 1}, Case{17, 33, 2}, Case{64, 65, 31}, Case{100, 10, 100},
                             Case{600, 40, 50}, Case{784, 100, 100}, Case{1, 300, 20}, Case{300, 1, 33}}) {
            auto packed = pack(c.below, c.above, precision);
            if (!packed) return;
            Executor executor{{.threads = 2}};
            for (std::size_t const gap : {0u, 4u})
                for (auto const& [factor, keep] : {std::pair{1.0f, 0.0f},
                                                   {0.01f, 0.0f},
                                                   {-0.02f, 1.0f},
                                                   {1.0f, 0.5f},
                                                   {0.0f, 1.0f},
                                                   {2.0f, -1.0f}}) {
                    auto below = filled(c.rows, c.below, gap, Numbers::means, 1);
                    auto above = filled(c.rows, c.above, gap, Numbers::binary, 2);
                    Matrix<float> gradient = filled(c.below, c.above, 0, Numbers::normal, 3).whole;
                    auto const expected = plain(Block<float const>{std::as_const(gradient)}, keep, factor,
                                                read(below.block(), Op::transpose, precision),
                                                read(above.block(), Op::none, precision));
                    if (keep == 0) gradient.fill(std::numeric_limits<float>::quiet_NaN()); // is not read
                    accumulate(*packed, below.block(), above.block(), factor, keep, gradient, executor);
                    CAPTURE(c.below, c.above, c.rows, gap, factor, keep, to_string(precision));
                    CHECK(worst_error(Block<float const>{std::as_const(gradient)}, expected) < float_error);
                }
        }
}

TEST_CASE("statistics of no cases keep the gradient, or make it zero") {
    for (Precision const precision : precisions) {
        auto packed = pack(20, 30, precision);
        if (!packed) return;
        Executor executor{{}};
        Matrix<float> gradient = filled(20, 30, 0, Numbers::normal, 3).whole;
        Matrix<float> const before = gradient;
        Block<float const> const nothing{nullptr, 0, 20, 20};
        Block<float const> const nothing_above{nullptr, 0, 30, 30};
        accumulate(*packed, nothing, nothing_above, 3, 1, gradient, executor);
        CHECK((numbers_of(gradient) == numbers_of(before)));
        accumulate(*packed, nothing, nothing_above, 3, 0.5f, gradient, executor);
        CHECK((numbers_of(gradient) == numbers_of(Matrix<float>{0.5f * before})));
        accumulate(*packed, nothing, nothing_above, 3, 0, gradient, executor);
        CHECK((numbers_of(gradient) == std::vector<float>(600, 0.0f)));
    }
}

TEST_CASE("the bits of statistics do not depend on the number of threads") {
    for (Precision const precision : precisions) {
        std::vector<float> expected;
        for (std::size_t const threads : {1u, 2u, 3u, 5u}) {
            auto packed = pack(900, 70, precision);
            if (!packed) return;
            Executor executor{{.threads = threads}};
            auto below = filled(57, 900, 0, Numbers::means, 1);
            auto above = filled(57, 70, 0, Numbers::means, 2);
            Matrix<float> gradient = filled(900, 70, 0, Numbers::normal, 3).whole;
            accumulate(*packed, below.block(), above.block(), 0.1f, 0.7f, gradient, executor);
            auto const found = numbers_of(Block<float const>{std::as_const(gradient)});
            if (expected.empty()) expected = found;
            CHECK((found == expected));
        }
    }
}

TEST_CASE("factors of products scale what is added and nothing else") {
    for (Precision const precision : precisions) {
        if (!pack(40, 50, precision)) return;
        Products<float> products;
        products.choose(0, 40, 50, precision);
        CHECK(products.packs(0));
        Matrix<float> const weights = filled(40, 50, 0, Numbers::normal, 1).whole;
        products.refresh(0, weights, 0, 40);
        auto const states = filled(6, 50, 0, Numbers::binary, 2).whole;
        for (float const factor : {1.0f, 2.0f, 0.5f, -1.0f, 0.3f, -7.7f, 1e-6f, 1e6f}) {
            Matrix<float> out = filled(6, 40, 0, Numbers::normal, 3).whole;
            auto const expected = plain(Block<float const>{std::as_const(out)}, 1, factor,
                                        read(Block<float const>{states}, Op::none, precision),
                                        read(Block<float const>{weights}, Op::transpose, precision));
            products.add(0, weights, Pass::down, states, factor, out);
            CAPTURE(factor, to_string(precision));
            CHECK(worst_error(Block<float const>{std::as_const(out)}, expected) < float_error);
        }
    }
}

TEST_CASE("packed products refuse shapes that do not fit, with both of them in the message") {
    for (Precision const precision : precisions) {
        auto packed = pack(20, 30, precision);
        if (!packed) return;
        Executor executor{{}};
        Matrix<float> const weights = filled(20, 30, 0, Numbers::normal, 1).whole;
        refresh(*packed, weights);
        Matrix<float> const below = xt::zeros<float>({5, 20});
        Matrix<float> const above = xt::zeros<float>({5, 30});
        Matrix<float> const fewer = xt::zeros<float>({4, 20});
        Matrix<float> out_below = xt::zeros<float>({5, 20});
        Matrix<float> out_above = xt::zeros<float>({5, 30});
        CHECK_NOTHROW(add_product(*packed, Pass::up, below, out_above));
        CHECK_NOTHROW(add_product(*packed, Pass::down, above, out_below));
        CHECK_THROWS_AS(add_product(*packed, Pass::up, above, out_above), ShapeError);
        CHECK_THROWS_AS(add_product(*packed, Pass::up, below, out_below), ShapeError);
        CHECK_THROWS_AS(add_product(*packed, Pass::down, below, out_above), ShapeError);
        CHECK_THROWS_AS(add_product(*packed, Pass::up, fewer, out_above), ShapeError);
        CHECK_THROWS_WITH(add_product(*packed, Pass::up, fewer, out_above),
                          contains_text("4 x 20") && contains_text("5 x 30"));
        Matrix<float> gradient = xt::zeros<float>({20, 30});
        Matrix<float> other = xt::zeros<float>({30, 20});
        CHECK_NOTHROW(accumulate(*packed, below, above, 1, 0, gradient, executor));
        CHECK_THROWS_AS(accumulate(*packed, below, above, 1, 0, other, executor), ShapeError);
        CHECK_THROWS_AS(accumulate(*packed, below, below, 1, 0, gradient, executor), ShapeError);
    }
}

TEST_CASE("statistics go into gradients of any stride, one after the other") {
    for (Precision const precision : precisions) {
        auto packed = pack(20, 30, precision);
        if (!packed) return;
        Executor executor{{}};
        auto below = filled(5, 20, 0, Numbers::binary, 1);
        auto above = filled(5, 30, 0, Numbers::binary, 2);
        Matrix<float> gradient = xt::zeros<float>({20, 30});
        accumulate(*packed, below.block(), above.block(), 1, 0, gradient, executor);
        Framed framed{20, 30, 4};
        accumulate(*packed, below.block(), above.block(), 1, 0, framed.block(), executor);
        CHECK(framed.frame_is_untouched());
        CHECK((numbers_of(framed.block()) == numbers_of(gradient)));
    }
}

TEST_CASE("packed weights refuse weights and gradients of another shape than their own") {
    for (Precision const precision : precisions) {
        auto packed = pack(20, 30, precision);
        if (!packed) return;
        Executor executor{{}};
        Matrix<float> const weights = filled(20, 30, 0, Numbers::normal, 1).whole;
        Block<float const> const whole{weights};
        CHECK_NOTHROW(refresh(*packed, whole));
        CHECK_THROWS_AS(packed->refresh(whole.column_range(0, 29), 0, 16), ShapeError);
        CHECK_THROWS_AS(packed->refresh(whole.row_range(0, 19), 0, 16), ShapeError);
        Matrix<float> const below = xt::zeros<float>({5, 20});
        Matrix<float> const fewer = xt::zeros<float>({5, 12});
        Matrix<float> gradient = xt::zeros<float>({20, 12});
        CHECK_THROWS_AS(accumulate(*packed, below, fewer, 1, 0, gradient, executor), ShapeError);
    }
}

TEST_CASE("statistics of no cases make a gradient zero whatever it was, if nothing of it is kept") {
    auto packed = pack(20, 30, Precision::float32);
    if (!packed) return;
    Executor executor{{}};
    Matrix<float> gradient = xt::zeros<float>({20, 30});
    gradient.fill(std::numeric_limits<float>::quiet_NaN());
    accumulate(*packed, {nullptr, 0, 20, 20}, {nullptr, 0, 30, 30}, 1, 0, gradient, executor);
    CHECK((numbers_of(gradient) == std::vector<float>(600, 0.0f)));
}

TEST_CASE("a factor too small to be divided by still multiplies") {
    if (!pack(40, 50, Precision::float32)) return;
    Products<float> products;
    products.choose(0, 40, 50, Precision::float32);
    Matrix<float> const weights = filled(40, 50, 0, Numbers::normal, 1).whole;
    products.refresh(0, weights, 0, 40);
    auto const states = filled(6, 50, 0, Numbers::binary, 2).whole;
    Matrix<float> out = filled(6, 40, 0, Numbers::normal, 3).whole;
    Matrix<float> const before = out;
    products.add(0, weights, Pass::down, states, 1e-39f, out);
    CHECK((numbers_of(out) == numbers_of(before)));
}

TEST_CASE("products into the columns of a wider block are those of a block of its own") {
    for (Precision const precision : precisions) {
        auto packed = pack(300, 200, precision);
        if (!packed) return;
        auto weights = filled(300, 200, 0, Numbers::normal, 1);
        refresh(*packed, weights.block());
        auto states = filled(16, 300, 0, Numbers::means, 2);
        Framed alone = filled(16, 200, 0, Numbers::normal, 3);
        Framed among_others = filled(16, 200, 5, Numbers::normal, 3);
        add_product(*packed, Pass::up, states.block(), alone.block());
        add_product(*packed, Pass::up, states.block(), among_others.block());
        CHECK(among_others.frame_is_untouched());
        for (std::size_t i = 0; i < 16; ++i)
            for (std::size_t j = 0; j < 200; ++j)
                REQUIRE(std::abs(alone.block()(i, j) - among_others.block()(i, j)) < 1e-4f);
    }
}

} // namespace test_products
