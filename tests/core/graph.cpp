// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/error.hpp>
#include <boltz/graph.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace test_graph {

using namespace boltz;
using boltz::detail::Pass;

namespace {

/// The neighbours of a layer in their order.
void check_neighbours(LayerGraph const& graph, std::size_t layer, std::vector<Neighbour> const& expected) {
    auto const found = graph.neighbours(layer);
    REQUIRE(found.size() == expected.size());
    LayerSet set;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(found[i].connection == expected[i].connection);
        CHECK(found[i].layer == expected[i].layer);
        CHECK((found[i].pass == expected[i].pass));
        set.set(expected[i].layer);
    }
    CHECK(graph.neighbour_set(layer) == set);
}

std::vector<std::size_t> colours(LayerGraph const& graph) {
    std::vector<std::size_t> result;
    for (std::size_t l = 0; l < graph.layers(); ++l) result.push_back(graph.colour(l));
    return result;
}

LayerGraph of_ones(std::size_t layers, std::vector<Connection> connections) {
    return {std::vector<std::size_t>(layers, 1), std::move(connections)};
}

template <class F>
std::string refusal(F&& f) {
    return boltz_test::message_of<ValueError>([&] { static_cast<void>(f()); });
}

} // namespace

TEST_CASE("layers of a chain have the layers below and above as neighbours, lower ones first", "[core]") {
    auto const chain = LayerGraph::chain({5, 4, 3, 2});
    CHECK(chain.layers() == 4);
    CHECK(chain.sizes() == std::vector<std::size_t>{5, 4, 3, 2});
    CHECK(chain.size(2) == 3);
    CHECK(chain.connections() == std::vector<Connection>{{0, 1}, {1, 2}, {2, 3}});
    check_neighbours(chain, 0, {{0, 1, Pass::down}});
    check_neighbours(chain, 1, {{0, 0, Pass::up}, {1, 2, Pass::down}});
    check_neighbours(chain, 2, {{1, 1, Pass::up}, {2, 3, Pass::down}});
    check_neighbours(chain, 3, {{2, 2, Pass::up}});
}

TEST_CASE("neighbours stand in the order of their connections, those below the weights first", "[core]") {
    // Below and above are sides of the weights: connection 1 has layer 3 below layer 0.
    LayerGraph const graph{{1, 2, 3, 4}, {{0, 2}, {3, 0}, {1, 2}, {0, 1}}};
    check_neighbours(graph, 0, {{1, 3, Pass::up}, {0, 2, Pass::down}, {3, 1, Pass::down}});
    check_neighbours(graph, 1, {{3, 0, Pass::up}, {2, 2, Pass::down}});
    check_neighbours(graph, 2, {{0, 0, Pass::up}, {2, 1, Pass::up}});
    check_neighbours(graph, 3, {{1, 0, Pass::down}});
}

TEST_CASE("a layer without weights has no neighbours, and one with itself is lateral and not its own neighbour",
          "[core]") {
    auto const alone = of_ones(3, {{0, 2}});
    check_neighbours(alone, 1, {});
    CHECK(colours(alone) == std::vector<std::size_t>{0, 0, 1});
    CHECK_FALSE(alone.lateral(1));

    auto const lateral = of_ones(2, {{0, 0}, {0, 1}});
    CHECK(lateral.lateral(0));
    CHECK_FALSE(lateral.lateral(1));
    check_neighbours(lateral, 0, {{1, 1, Pass::down}});

    LayerGraph const single{{7}, {}};
    CHECK(single.layers() == 1);
    CHECK(single.colours() == 1);
}

TEST_CASE("two colours serve where they suffice, and else each layer takes the lowest that is free", "[core]") {
    // A chain: even layers 0, odd ones 1, whatever its length.
    auto const chain = LayerGraph::chain(std::vector<std::size_t>(7, 2));
    CHECK(colours(chain) == std::vector<std::size_t>{0, 1, 0, 1, 0, 1, 0});
    CHECK(chain.colours() == 2);
    CHECK(chain.of_colour(0) == LayerSet::of(0, 2, 4, 6));
    CHECK(chain.of_colour(1) == LayerSet::of(1, 3, 5));
    CHECK(chain.of_colour(2).empty());

    // Two visible layers below a tree: neighbours of one layer have one colour.
    CHECK(colours(of_ones(4, {{0, 2}, {1, 2}, {2, 3}})) == std::vector<std::size_t>{0, 0, 1, 0});
    // A triangle needs three; a layer that hangs on its second takes the first.
    auto const triangle = of_ones(4, {{0, 1}, {2, 0}, {1, 2}, {1, 3}});
    CHECK(colours(triangle) == std::vector<std::size_t>{0, 1, 2, 0});
    CHECK(triangle.colours() == 3);
    // A chain whose layers are numbered in another order; layer 1 would take colour 0 if each went by those before
    // it.
    CHECK(colours(of_ones(4, {{0, 2}, {2, 3}, {1, 3}})) == std::vector<std::size_t>{0, 1, 1, 0});
    // In each part that no connection joins with the others the lowest layer has colour 0.
    CHECK(colours(of_ones(5, {{1, 4}, {2, 3}})) == std::vector<std::size_t>{0, 0, 0, 1, 1});
    // Rings of an even number of layers need two, of an odd number three.
    CHECK(colours(of_ones(4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}})) == std::vector<std::size_t>{0, 1, 0, 1});
    CHECK(colours(of_ones(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}})) == std::vector<std::size_t>{0, 1, 0, 1, 2});
    // Neither the order of the connections nor which side is below matters.
    CHECK(colours(of_ones(4, {{3, 1}, {2, 1}, {0, 2}, {1, 0}})) == colours(triangle));
    // Four layers that all have weights in common.
    CHECK(colours(of_ones(4, {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}})) ==
          std::vector<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("no two layers of one colour have weights in common, in all graphs of five layers", "[core]") {
    std::vector<Connection> all;
    for (std::size_t a = 0; a < 5; ++a)
        for (std::size_t b = a + 1; b < 5; ++b) all.push_back({a, b});
    for (std::size_t chosen = 0; chosen < std::size_t{1} << all.size(); ++chosen) {
        std::vector<Connection> connections;
        for (std::size_t c = 0; c < all.size(); ++c)
            if ((chosen >> c & 1u) != 0) connections.push_back(all[c]);
        auto const graph = of_ones(5, connections);
        LayerSet together;
        for (std::size_t colour = 0; colour < graph.colours(); ++colour) {
            REQUIRE(graph.independent(graph.of_colour(colour)));
            REQUIRE_FALSE(graph.of_colour(colour).empty());
            REQUIRE((together & graph.of_colour(colour)).empty());
            together = together | graph.of_colour(colour);
        }
        REQUIRE(together == LayerSet::first(5));
        bool two_suffice = false; // some way to give each layer one of two colours
        for (std::size_t bits = 0; bits < 32; ++bits) {
            bool good = true;
            for (auto const& [lower, upper] : connections)
                good = good && (bits >> lower & 1u) != (bits >> upper & 1u);
            two_suffice = two_suffice || good;
        }
        REQUIRE((graph.colours() <= 2) == two_suffice);
        // Of every set: independent where no connection joins two of its layers.
        for (std::size_t bits = 0; bits < 32; ++bits) {
            LayerSet set;
            for (std::size_t l = 0; l < 5; ++l) set.set(l, (bits >> l & 1u) != 0);
            bool joined = false;
            for (auto const& [lower, upper] : connections) joined = joined || (set[lower] && set[upper]);
            REQUIRE(graph.independent(set) == !joined);
        }
    }
}

TEST_CASE("the largest ends of a chain are independent, and a lateral layer never is", "[core]") {
    auto const chain = LayerGraph::chain({10, 1, 1, 10});
    CHECK(chain.independent(LayerSet::of(0, 3))); // which no colour gives
    CHECK_FALSE(chain.independent(LayerSet::of(0, 1)));
    CHECK(chain.independent({}));
    CHECK_FALSE(chain.independent(LayerSet::all()));
    auto const lateral = of_ones(2, {{1, 1}});
    CHECK(lateral.independent(LayerSet::of(0)));
    CHECK_FALSE(lateral.independent(LayerSet::of(1)));
}

TEST_CASE("graphs that cannot be are refused by name", "[core]") {
    CHECK_THAT(refusal([] { return LayerGraph{{}, {}}; }), contains_text("LayerGraph: there are 0 layers"));
    CHECK_THAT(refusal([] { return of_ones(65, {}); }), contains_text("65 layers, but must be 1 .. 64"));
    CHECK_NOTHROW(of_ones(64, {{0, 63}}));
    CHECK_THAT(refusal([] { return LayerGraph{{2, 0}, {}}; }), contains_text("layer 1 has 0 units"));
    CHECK_THAT(refusal([] {
                   return of_ones(3, {{0, 1}, {1, 3}});
               }),
               contains_text("connection 1 joins layers 1 and 3, but there are 3 layers"));
    CHECK_THAT(refusal([] { return of_ones(3, {{7, 1}}); }), contains_text("connection 0 joins layers 7 and 1"));
    CHECK_THAT(refusal([] {
                   return of_ones(3, {{0, 1}, {1, 2}, {0, 1}});
               }),
               contains_text("connections 0 and 2 both join layers 0 and 1"));
    CHECK_THAT(refusal([] {
                   return of_ones(3, {{1, 2}, {2, 1}});
               }), // the other way round, too
               contains_text("connections 0 and 1 both join layers 2 and 1"));
    std::size_t const huge = std::numeric_limits<std::size_t>::max() / 2;
    CHECK_THAT(refusal([&] { return LayerGraph{{huge, 3}, {{0, 1}}}; }), contains_text("units of a layer"));
}

} // namespace test_graph
