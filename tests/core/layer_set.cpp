// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/layer_set.hpp>

#include <array>
#include <cstddef>

using namespace boltz;

TEST_CASE("a set of layers is written by numbers, by flags, or by how many", "[core]") {
    constexpr LayerSet ends = LayerSet::of(0, 3);
    STATIC_REQUIRE(ends[0]);
    STATIC_REQUIRE_FALSE(ends[1]);
    STATIC_REQUIRE(ends[3]);
    STATIC_REQUIRE(ends == LayerSet{true, false, false, true});
    STATIC_REQUIRE(ends == LayerSet{std::array{true, false, false, true}});
    STATIC_REQUIRE(ends == LayerSet{true, false, false, true, false}); // further layers are not members
    STATIC_REQUIRE(LayerSet::first(3) == LayerSet::of(0, 1, 2));
    STATIC_REQUIRE(LayerSet::first(0) == LayerSet{});
    STATIC_REQUIRE(LayerSet::first(64) == LayerSet::all());
    STATIC_REQUIRE(LayerSet::first(1000) == LayerSet::all());
    STATIC_REQUIRE(LayerSet{}.empty());
    STATIC_REQUIRE_FALSE(ends.empty());
}

TEST_CASE("layers are put into a set and taken out", "[core]") {
    LayerSet set;
    set.set(63);
    set.set(5);
    set.set(5);
    CHECK(set == LayerSet::of(63, 5));
    set.set(63, false);
    set.set(7, false);
    CHECK(set == LayerSet::of(5));
    set.set(5, false);
    CHECK(set.empty());
}

TEST_CASE("complement, intersection and union are those of sets, and no layer lies beyond the last", "[core]") {
    LayerSet const a = LayerSet::of(0, 1, 40);
    LayerSet const b = LayerSet::of(1, 2, 40, 63);
    for (std::size_t l = 0; l < LayerSet::most_layers; ++l) {
        CHECK((~a)[l] == !a[l]);
        CHECK((a & b)[l] == (a[l] && b[l]));
        CHECK((a | b)[l] == (a[l] || b[l]));
        CHECK(LayerSet::all()[l]);
    }
    for (std::size_t const beyond : {std::size_t{64}, std::size_t{65}, std::size_t{1000}}) {
        CHECK_FALSE(LayerSet::all()[beyond]);
        CHECK_FALSE((~a)[beyond]);
        CHECK_FALSE(LayerSet::of(0)[beyond]); // 64 is not 0 over again
    }
    CHECK(~~a == a);
    CHECK((a & ~a).empty());
    CHECK((a | ~a) == LayerSet::all());
}
