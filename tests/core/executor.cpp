// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/error.hpp>
#include <boltz/executor.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace test_executor {

using namespace boltz;

namespace {

std::set<std::pair<std::size_t, std::size_t>> blocks(Compute const& compute, std::size_t rows) {
    Executor executor{compute};
    std::mutex mutex;
    std::set<std::pair<std::size_t, std::size_t>> result;
    executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
        std::lock_guard const lock{mutex};
        result.emplace(first, count);
    });
    return result;
}

} // namespace

TEST_CASE("rows are cut into the same blocks whatever the number of threads", "[core]") {
    using Blocks = std::set<std::pair<std::size_t, std::size_t>>;
    for (std::size_t const threads : {1u, 2u, 3u, 8u}) {
        CHECK(blocks({.threads = threads, .block_rows = 4}, 10) == Blocks{{0, 4}, {4, 4}, {8, 2}});
        CHECK(blocks({.threads = threads, .block_rows = 4}, 8) == Blocks{{0, 4}, {4, 4}});
        CHECK(blocks({.threads = threads, .block_rows = 4}, 3) == Blocks{{0, 3}});
        CHECK(blocks({.threads = threads, .block_rows = 4}, 0).empty());
    }
}

TEST_CASE("blocks are as few and as equal as they can be", "[core]") {
    using Blocks = std::set<std::pair<std::size_t, std::size_t>>;
    CHECK(blocks({.block_rows = 64}, 100) == Blocks{{0, 50}, {50, 50}});
    CHECK(blocks({.block_rows = 4}, 9) == Blocks{{0, 3}, {3, 3}, {6, 3}});
    for (std::size_t const threads : {std::size_t{1}, std::size_t{3}})
        for (std::size_t rows = 1; rows < 60; ++rows)
            for (std::size_t most = 1; most < 20; ++most) {
                auto const cut = blocks({.threads = threads, .block_rows = most}, rows);
                CAPTURE(rows, most, threads);
                REQUIRE(cut.size() == (rows + most - 1) / most);
                std::size_t next = 0;
                for (auto const& [first, count] : cut) {
                    REQUIRE(first == next);
                    REQUIRE(count <= most);
                    next = first + count;
                    if (next < rows) REQUIRE(count == cut.begin()->second);
                }
                REQUIRE(next == rows);
                REQUIRE(cut.rbegin()->second <= cut.begin()->second);
            }
}

TEST_CASE("every block is worked once, again and again", "[core]") {
    Executor executor{{.threads = 3, .block_rows = 1}};
    std::vector<std::atomic<int>> touched(100);
    for (int round = 1; round <= 200; ++round) {
        executor.for_each_block(touched.size(), [&](std::size_t first, std::size_t) { ++touched[first]; });
        for (auto const& count : touched) REQUIRE(count == round);
    }
}

TEST_CASE("another size of blocks may be asked for", "[core]") {
    Executor executor{{.threads = 2, .block_rows = 1}};
    std::atomic<std::size_t> calls{0};
    executor.for_each_block(100, 60, [&](std::size_t, std::size_t) { ++calls; });
    CHECK(calls == 2);
}

TEST_CASE("an exception of a worker arrives, and the executor goes on", "[core]") {
    for (std::size_t const threads : {1u, 3u}) {
        Executor executor{{.threads = threads, .block_rows = 1}};
        CHECK_THROWS_AS(executor.for_each_block(50,
                                                [](std::size_t first, std::size_t) {
                                                    if (first == 17) throw std::runtime_error{"seventeen"};
                                                }),
                        std::runtime_error);
        std::atomic<std::size_t> calls{0};
        executor.for_each_block(50, [&](std::size_t, std::size_t) { ++calls; });
        CHECK(calls == 50);
    }
}

TEST_CASE("no threads, too many threads and empty blocks are refused", "[core]") {
    CHECK_THROWS_AS((Executor{{.threads = 0}}), ValueError);
    CHECK_THROWS_AS((Executor{{.threads = 5000}}), ValueError);
    CHECK_THROWS_AS((Executor{{.block_rows = 0}}), ValueError);
}

TEST_CASE("a block may be larger than any number of rows", "[core]") {
    for (std::size_t const threads : {std::size_t{1}, std::size_t{2}})
        CHECK(blocks({.threads = threads, .block_rows = std::size_t(-1)}, 5) ==
              std::set<std::pair<std::size_t, std::size_t>>{{0, 5}});
}

TEST_CASE("work that is handed out from within work is all done", "[core]") {
    for (std::size_t const threads : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        Executor executor{{.threads = threads, .block_rows = 1}};
        std::atomic<int> done{0};
        executor.for_each_block(4, [&](std::size_t, std::size_t) {
            executor.for_each_block(4, [&](std::size_t, std::size_t) { ++done; });
        });
        CHECK(done == 16);
    }
}

} // namespace test_executor
