// SPDX-License-Identifier: MIT
#include <boltz/detail/permutation.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace test_permutation {

using namespace boltz;

namespace {

using Order = std::vector<std::size_t>;

Order in_blocks(std::size_t size, std::size_t block, std::size_t window, std::uint64_t seed) {
    Order order(size, 12345);
    Order blocks{7, 7, 7}; // whatever was there
    detail::permute_in_blocks(order, blocks, block, window, Draws::from_seed(seed));
    return order;
}

bool is_permutation_of_all(Order order) {
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] != i) return false;
    return true;
}

} // namespace

TEST_CASE("every number comes once, whatever the blocks and windows") {
    for (std::size_t const size : {0u, 1u, 7u, 64u, 100u})
        for (std::size_t const block : {1u, 3u, 8u, 64u, 1000u})
            for (std::size_t const window : {1u, 2u, 5u, 1000u}) {
                CAPTURE(size, block, window);
                CHECK(is_permutation_of_all(in_blocks(size, block, window, size + block)));
            }
    CHECK(is_permutation_of_all(in_blocks(20, static_cast<std::size_t>(-1), static_cast<std::size_t>(-1), 1)));
}

TEST_CASE("a window holds whole blocks and no others") {
    constexpr std::size_t size = 1000, block = 10, window = 4;
    auto const order = in_blocks(size, block, window, 3);
    for (std::size_t first = 0; first < size; first += window * block) {
        std::map<std::size_t, std::size_t> numbers_of_block;
        for (std::size_t i = first; i < first + window * block; ++i) ++numbers_of_block[order[i] / block];
        CHECK(numbers_of_block.size() == window);
        for (auto const& [which, count] : numbers_of_block) CHECK(count == block);
    }
}

TEST_CASE("a part shorter than any window draws on at most two windows of blocks") {
    // The last block has only one number, and its window, in the middle or at the end, 33.
    constexpr std::size_t size = 1601, block = 16, window = 3, batch = 32;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const order = in_blocks(size, block, window, seed);
        for (std::size_t first = 0; first + batch <= size; ++first) {
            std::set<std::size_t> touched;
            for (std::size_t i = first; i < first + batch; ++i) touched.insert(order[i] / block);
            REQUIRE(touched.size() <= 2 * window);
        }
    }
}

TEST_CASE("the order depends on the stream alone, and another stream gives another") {
    CHECK(in_blocks(200, 10, 3, 1) == in_blocks(200, 10, 3, 1));
    CHECK(in_blocks(200, 10, 3, 1) != in_blocks(200, 10, 3, 2));
    // Blocks in order inside windows, and windows in order of the blocks, would both be easy mistakes.
    auto const mixed = in_blocks(200, 10, 3, 1);
    CHECK_FALSE(std::is_sorted(mixed.begin(), mixed.begin() + 10));
    auto const single = in_blocks(200, 1, 1, 1);
    CHECK_FALSE(std::is_sorted(single.begin(), single.end()));
}

TEST_CASE("every number is equally likely everywhere, first and last", "[statistical]") {
    // 24 numbers in blocks of 4 and windows of 2: 2 x 24 counts of a binomial with 6,000 trials and probability
    // 1/24, each allowed 5 standard errors: false alarm below 3e-5.
    constexpr std::size_t size = 24;
    constexpr double trials = 6000;
    std::vector<double> first(size, 0.0), last(size, 0.0), beside(2, 0.0);
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
        auto const order = in_blocks(size, 4, 2, seed);
        ++first[order.front()];
        ++last[order.back()];
        // Of the 7 other numbers of the first window 3 are of the same block.
        ++beside[order[0] / 4 == order[1] / 4 ? 1 : 0];
    }
    double const allowed = 5 * std::sqrt(trials / size * (1 - 1.0 / size));
    for (std::size_t i = 0; i < size; ++i) {
        CHECK(std::abs(first[i] - trials / size) < allowed);
        CHECK(std::abs(last[i] - trials / size) < allowed);
    }
    CHECK(std::abs(beside[1] - trials * 3 / 7) < 5 * std::sqrt(trials * 3 / 7 * 4 / 7));
}

} // namespace test_permutation
