// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/annealing/visited_states.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/sampling/gibbs.hpp>

namespace test_several_bases {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli>;

// An Ising torus of spins s = 2 v - 1 with weight exp(K s s') a bond, as an RBM with a hidden unit a bond: the sum
// over one hidden unit is exp(-w n / 2) (1 + exp(w (n - 1))) for n spins up, which is proportional to exp(K s s') if
// cosh(w / 2) = exp(2 K). A field tilts the two modes, all spins up and all spins down.
auto ising_torus(std::size_t side, double coupling, double field) {
    double const w = 2 * std::acosh(std::exp(2 * coupling));
    RBM rbm{Binary{side * side}, Binary{2 * side * side}};
    rbm.visible().bias() = xt::ones<float>({side * side}) * static_cast<float>(-2 * w + 2 * field);
    rbm.hidden().bias() = xt::ones<float>({2 * side * side}) * static_cast<float>(-w);
    rbm.weights() = xt::zeros<float>({side * side, 2 * side * side});
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            std::size_t const here = y * side + x;
            rbm.weights()(here, 2 * here) = rbm.weights()(y * side + (x + 1) % side, 2 * here) =
                static_cast<float>(w);
            rbm.weights()(here, 2 * here + 1) = rbm.weights()((y + 1) % side * side + x, 2 * here + 1) =
                static_cast<float>(w);
        }
    return rbm;
}

LogPartition estimate(double log_z, double error, std::string base, double variance = 0.01) {
    LogPartition result;
    result.log_z = log_z;
    result.standard_error = error;
    result.chains = 100;
    result.effective_chains = 90;
    result.variance_above = variance;
    result.base = std::move(base);
    return result;
}

} // namespace

TEST_CASE("one base misses a mode without a word, several find it", "[evaluation]") {
    for (double const field : {0.0, 0.05}) {
        auto const rbm = ising_torus(4, 0.9, field);
        double const truth = exact_log_partition(rbm);
        Ais const ais{.chains = 50, .ladder = Ladder::linear(400)};
        Random random{1};
        LogPartition const own = log_partition(rbm, own_base(rbm), ais, random);
        REQUIRE(own.trustworthy()); // nothing in its weights says that it misses all spins up
        REQUIRE(own.log_z < truth - 0.5);
        LogPartition const found = log_partition(rbm, usual_bases(rbm), ais, random);
        CHECK(found.base == "uniform");
        CHECK(found.base_index == 1);
        CHECK(std::abs(found.log_z - truth) < 5 * found.standard_error + 0.01);
        REQUIRE(found.others.size() == 1);
        CHECK(found.others[0].base == "the model's own biases");
        CHECK_THAT(found.note(), contains_text("from the model's own biases log Z is"));
    }
}

TEST_CASE("visited states refute an estimate that is too low", "[evaluation]") {
    auto const rbm = ising_torus(4, 0.9, 0.05);
    double const truth = exact_log_partition(rbm);
    Random random{2};
    LogPartition found = log_partition(rbm, usual_bases(rbm), {.chains = 50, .ladder = Ladder::linear(400)}, random);
    CHECK(found.at_least <= truth);
    CHECK(found.at_least > truth - 0.05);
    CHECK_FALSE(found.refuted());
    found.log_z = truth - 1; // what chains from the model's own biases say
    CHECK(found.refuted());
    CHECK_FALSE(found.trustworthy());
    CHECK_THAT(found.warning(), contains_text("log Z is at least"));
}

TEST_CASE("the sum over visited states is a lower bound and reaches log Z when all have been visited",
          "[evaluation]") {
    auto const check = [](auto const& model) {
        auto const random_model = test::randomised(model, 0.7, 0.5, 3);
        REQUIRE(VisitedStates::lists(random_model));
        double const truth = exact_log_partition(random_model);
        Random random{3};
        States<double> chains{200, random_model.sizes()};
        draw_from_biases(random_model, chains, random.split());
        VisitedStates visited;
        Executor executor{Compute{}};
        visit(random_model, chains, 1, random.split(), executor, visited);
        CHECK(visited.log_sum() <= truth); // rounding is taken off
        std::size_t const before = visited.count();
        visited.add(random_model, chains); // nothing new
        CHECK(visited.count() == before);
        visit(random_model, chains, 300, random.split(), executor, visited);
        CHECK(visited.log_sum() <= truth); // rounding is taken off
        CHECK(visited.log_sum() > truth - 0.05);
    };
    test::for_each_model(check);
    test::for_each_discrete_graph(check);
    check(test::gaussian_tree());
}

TEST_CASE("grey values are no states and are not listed", "[evaluation]") {
    auto const rbm = ising_torus(2, 0.3, 0);
    States<float> states{1, rbm.sizes()};
    for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t j = 0; j < states[l].columns; ++j) states[l](0, j) = 0.5F;
    VisitedStates visited;
    visited.add(rbm, states);
    CHECK(visited.count() == 0);
    CHECK(std::isinf(visited.log_sum()));
}

TEST_CASE("the most precise clean estimate is reported, unless another lies above it or visited states refute it",
          "[evaluation]") {
    using boltz::detail::chosen_estimate;
    CHECK(chosen_estimate({estimate(10, 0.1, "a"), estimate(10.1, 0.05, "b")}) == 1);
    CHECK(chosen_estimate({estimate(10, 0.1, "a"), estimate(9, 0.05, "b")}) == 0);
    CHECK(chosen_estimate({estimate(10, 0.1, "a"), estimate(10.2, 0.05, "b", 50)}) == 0); // b is warned of
    CHECK(chosen_estimate({estimate(10, 0.1, "a"), estimate(14, 0.05, "b", 50)}) == 1);   // and lies above
    CHECK(chosen_estimate({estimate(10, 0.1, "a", 50), estimate(10.1, 0.2, "b", 50)}) == 0);
    CHECK(chosen_estimate({estimate(10, 0.1, "a"), estimate(11, 0.1, "b"), estimate(15, 0.1, "c")}) == 2);
    // The most precise one is refuted by visited states, within 3 combined errors of the other.
    auto refuted = estimate(10, 0.001, "a"), other = estimate(10.1, 0.05, "b");
    refuted.at_least = other.at_least = 10.08;
    CHECK(chosen_estimate({refuted, other}) == 1);
}

TEST_CASE("bases that are equal are annealed from once, and none is refused", "[evaluation]") {
    RBM const rbm{Binary{3}, Binary{2}};
    CHECK(usual_bases(rbm).size() == 1);
    Random random{4};
    CHECK_THROWS_AS(log_partition(rbm, Bases<float>{}, {.chains = 10}, random), ValueError);
}

TEST_CASE("an estimate from several bases is the same for any number of threads", "[evaluation]") {
    auto const rbm = ising_torus(3, 0.5, 0.1);
    auto const with = [&](std::size_t threads) {
        Random random{5};
        return log_partition(
            rbm, usual_bases(rbm),
            {.chains = 40, .ladder = Ladder::linear(50), .compute = {.threads = threads, .block_rows = 16}}, random);
    };
    auto const one = with(1), three = with(3);
    CHECK(one.log_weights == three.log_weights);
    CHECK(one.at_least == three.at_least);
    CHECK(one.visited == three.visited);
}

} // namespace test_several_bases
