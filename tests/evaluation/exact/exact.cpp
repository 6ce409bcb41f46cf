// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/evaluation/detail/independent_layers.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>

#include <limits>

namespace test_exact {

using namespace boltz;

namespace {

template <class M>
double naive_log_partition(M const& model) {
    auto states = test::all_states(model);
    return test::log_sum_exp(test::naive_negative_energy(model, states));
}

template <class M>
M scaled(M model, double beta) {
    for (std::size_t c = 0; c < model.graph().connections().size(); ++c)
        for (auto& w : model.weights(c)) w *= beta;
    return model;
}

template <class M>
void check_marginals(M const& model) {
    double const truth = naive_log_partition(model);
    CHECK(exact_log_partition(model) == Approx(truth).epsilon(1e-13));
    auto even = test::all_states(model, test::layers_of_parity(0));
    CHECK(test::log_sum_exp(log_marginal(model, even.blocks(), test::layers_of_parity(1))) ==
          Approx(truth).epsilon(1e-13));
    auto odd = test::all_states(model, test::layers_of_parity(1));
    CHECK(test::log_sum_exp(log_marginal(model, odd.blocks(), test::layers_of_parity(0))) ==
          Approx(truth).epsilon(1e-13));
}

} // namespace

TEST_CASE("log Z of an RBM is the naive sum, whichever side is larger, at any temperature", "[evaluation]") {
    for (int step = 0; step <= 10; ++step) {
        check_marginals(scaled(test::randomised(test::bernoulli_rbm(7, 4), 2.0, 1.0, 1), step / 10.0));
        check_marginals(scaled(test::randomised(test::bernoulli_rbm(3, 8), 2.0, 1.0, 2), step / 10.0));
    }
}

TEST_CASE("log Z of a deep machine is the naive sum, whichever layers are summed in closed form", "[evaluation]") {
    using test::layer;
    check_marginals(test::randomised(test::bernoulli_dbm(5, 6, 5), 1.0, 1.0, 3));
    check_marginals(test::randomised(
        DBM{layer<Bernoulli>(4), layer<Bernoulli>(4), layer<Bernoulli>(5), layer<Bernoulli>(3)}, 1.0, 1.0, 4));
    check_marginals(test::randomised(
        DBM{layer<Bernoulli>(4), layer<Bernoulli>(3), layer<Bernoulli>(2), layer<Bernoulli>(4), layer<Bernoulli>(3)},
        1.0, 1.0, 5));
}

TEST_CASE("log Z is the naive sum for every mix of units", "[evaluation]") {
    test::for_each_discrete_model([](auto const& model) { check_marginals(model); });
}

TEST_CASE("log Z of a machine that is no chain is the naive sum", "[evaluation]") {
    test::for_each_discrete_graph([](auto const& model) {
        CHECK(exact_log_partition(model) == Approx(naive_log_partition(model)).epsilon(1e-13));
        for (double const beta : {0.0, 0.3, 2.0})
            CHECK(exact_log_partition(scaled(model, beta)) ==
                  Approx(naive_log_partition(scaled(model, beta))).epsilon(1e-13));
    });
}

TEST_CASE("every part of a machine that is no chain may be observed", "[evaluation]") {
    test::for_each_discrete_graph([](auto const& model) {
        auto all = test::all_states(model);
        auto const energies = test::naive_negative_energy(model, all);
        for (std::size_t number = 0; number < std::size_t{1} << model.layers(); ++number) {
            LayerSet observed;
            for (std::size_t l = 0; l < model.layers(); ++l) observed.set(l, (number >> l & 1) != 0);
            auto given = test::all_states(model, observed);
            auto const sums = exact_log_sum(model, given.blocks(), observed);
            // Of the naive terms those of each observed state, wherever they stand in the table.
            test::StateIndex const index{given.blocks(), observed};
            std::vector<std::vector<double>> terms(given.rows());
            for (std::size_t i = 0; i < all.rows(); ++i) terms[index.row(all.blocks(), i)].push_back(energies[i]);
            std::vector<double> expected;
            for (auto const& of_case : terms) expected.push_back(test::log_sum_exp(of_case));
            REQUIRE(sums.size() == (observed.empty() ? 1 : given.rows()));
            CHECK(test::distance(sums, expected) < 1e-11);
        }
    });
}

TEST_CASE("real-valued layers on the legs of a tree are integrated together", "[evaluation]") {
    auto const model = test::randomised(test::gaussian_tree(), 0.9, 0.5, 13);
    // exp(-E) integrated over both real-valued layers, for every state of the others: sum of A, unit by unit.
    auto others = test::all_states(model, LayerSet::of(2, 3));
    std::vector<double> sums = test::naive_negative_energy(model, others); // the real numbers are 0
    for (std::size_t i = 0; i < others.rows(); ++i)
        for (std::size_t l : {std::size_t{0}, std::size_t{1}})
            for (std::size_t j = 0; j < model.sizes()[l]; ++j) {
                double x = model.layer(l).bias()(j);
                for (std::size_t k = 0; k < 3; ++k) x += model.weights(l)(j, k) * others[2](i, k);
                sums[i] += x * x / 2 + std::log(2 * M_PI) / 2; // of precision 1
            }
    CHECK(exact_log_partition(model) == Approx(test::log_sum_exp(sums)).epsilon(1e-13));
}

TEST_CASE("the cheapest layers to sum are found among all sets, the lowest of equal ones", "[evaluation]") {
    auto const check = [](LayerGraph const& graph, LayerSet observed) {
        // By all subsets: of those that cost least the one with the lowest binary number.
        double least = std::numeric_limits<double>::infinity();
        LayerSet expected;
        auto const cost = [&](LayerSet set) {
            double product = 1;
            for (std::size_t l = 0; l < graph.layers(); ++l)
                if (!set[l] && !observed[l]) product *= static_cast<double>(graph.size(l));
            return product;
        };
        for (std::size_t number = 0; number < std::size_t{1} << graph.layers(); ++number) {
            LayerSet set;
            for (std::size_t l = 0; l < graph.layers(); ++l) set.set(l, (number >> l & 1) != 0);
            if (!graph.independent(set) || !(set & observed).empty()) continue;
            if (cost(set) < least) {
                least = cost(set);
                expected = set;
            }
        }
        double lowest = 0;
        CHECK(boltz::detail::independent_layers(graph, observed, cost, lowest) == expected);
        CHECK(lowest == least);
    };
    auto const draws = Draws::from_seed(14);
    for (std::uint64_t round = 0; round < 200; ++round) {
        std::size_t const layers = 1 + draws.below(7, round, 0);
        std::vector<std::size_t> sizes;
        std::vector<Connection> connections;
        LayerSet observed;
        for (std::size_t l = 0; l < layers; ++l) {
            sizes.push_back(1 + draws.below(4, round, 1 + l)); // with many ties
            observed.set(l, draws.below(5, round, 10 + l) == 0);
            for (std::size_t k = 0; k < l; ++k)
                if (draws.below(3, round, 100 + 10 * l + k) == 0) connections.push_back({k, l});
        }
        check({sizes, connections}, observed);
        check(LayerGraph::chain(sizes), observed);
    }
}

TEST_CASE("more states than one block holds are all counted", "[evaluation]") {
    auto const rbm = test::randomised(test::bernoulli_rbm(11, 10), 1.0, 1.0, 8);
    auto visible = test::all_states(rbm, {true, false});
    REQUIRE(visible.rows() == 2048);
    CHECK(exact_log_partition(rbm) ==
          Approx(test::log_sum_exp(log_marginal(rbm, visible.blocks(), LayerSet::of(1)))).epsilon(1e-13));
}

TEST_CASE("blocks by differences and blocks by products agree, whatever is enumerated", "[evaluation]") {
    using test::layer;
    auto const check = [](auto const& model) {
        auto odd = test::all_states(model, test::layers_of_parity(1));
        CHECK(exact_log_partition(model) ==
              Approx(test::log_sum_exp(log_marginal(model, odd.blocks(), test::layers_of_parity(0)))).epsilon(1e-13));
    };
    // Digits of two and of three kinds, whole blocks of 128; counts of a multinomial unit, which do not add up so.
    check(test::randomised(RBM{layer<Bernoulli>(9), layer<Spin>(8)}, 0.7, 0.5, 21));
    check(test::randomised(
        RBM{layer<Bernoulli>(13), JointLayer{layer<Bernoulli>(5), layer<Multinomial>(3), layer<Spin>(3)}}, 0.7, 0.5,
        22));
    check(test::randomised(RBM{layer<Bernoulli>(12), layer<Multinomial>(4, Multinomial{14})}, 0.3, 0.3, 23));
    check(test::randomised(
        DBM{layer<Bernoulli>(6), layer<Bernoulli>(4), layer<Multinomial>(2, Multinomial{3}), layer<Bernoulli>(3)},
        0.7, 0.5, 24));
}

TEST_CASE("cases are summed up by several workers as by one", "[evaluation]") {
    auto const model = test::randomised(DBM{test::layer<Bernoulli>(5), test::layer<Bernoulli>(11),
                                            test::layer<Bernoulli>(11), test::layer<Bernoulli>(3)},
                                        0.8, 0.5, 25);
    auto visible = test::all_states(model, {true, false, false, false});
    Observed<4> const observed{true, false, false, false};
    auto const one = exact_log_sum(model, visible.blocks(), observed);
    CHECK(one == exact_log_sum(model, visible.blocks(), observed, {.compute = {.threads = 3}}));
    CHECK(test::log_sum_exp(one) == Approx(exact_log_partition(model)).epsilon(1e-13));
    for (std::size_t c = 0; c < visible.rows(); ++c)
        CHECK(one[c] == Approx(exact_log_sum(model, visible.blocks().row_range(c, 1), observed)[0]).epsilon(1e-13));
}

TEST_CASE("Gaussian layers at both ends are integrated although they have different parities", "[evaluation]") {
    using test::layer;
    auto const model = test::randomised(
        DBM{layer<Gaussian>(1), layer<Bernoulli>(2), layer<Bernoulli>(2), layer<Gaussian>(1)}, 1.0, 0.5, 9);
    // The trapezium rule over a grid of the two real numbers, for every state of the others.
    double const step = 0.25;
    std::size_t const points = 121;
    auto discrete = test::all_states(model, {false, true, true, false});
    States<double> states{points * points, model.sizes()};
    std::vector<double> sums;
    for (std::size_t d = 0; d < discrete.rows(); ++d) {
        for (std::size_t i = 0; i < points * points; ++i) {
            states[0](i, 0) = (static_cast<double>(i % points) - 60) * step;
            states[3](i, 0) = (static_cast<double>(i / points) - 60) * step;
            for (std::size_t const l : {1u, 2u}) copy(discrete[l].row_range(d, 1), states[l].row_range(i, 1));
        }
        sums.push_back(test::log_sum_exp(test::naive_negative_energy(model, states)) + 2 * std::log(step));
    }
    CHECK(exact_log_partition(model) == Approx(test::log_sum_exp(sums)).epsilon(1e-10));
}

TEST_CASE("the likelihood of every visible state is its share of the naive sum", "[evaluation]") {
    test::for_each_discrete_model([](auto const& model) {
        auto visible = test::all_states(model, LayerSet::of(0));
        auto const found = exact_log_likelihood(model, visible[0]);

        auto all = test::all_states(model);
        auto const energies = test::naive_negative_energy(model, all);
        double const log_z = test::log_sum_exp(energies);
        std::vector<std::vector<double>> of_visible(visible.rows());
        for (std::size_t i = 0; i < energies.size(); ++i) of_visible[i % visible.rows()].push_back(energies[i]);
        for (std::size_t v = 0; v < visible.rows(); ++v)
            CHECK(found[v] == Approx(test::log_sum_exp(of_visible[v]) - log_z).epsilon(1e-12));
        CHECK(test::log_sum_exp(found) == Approx(0.0).margin(1e-12));
    });
}

TEST_CASE("a mixture of Gaussians is what a Gaussian-Bernoulli RBM's density is", "[evaluation]") {
    auto const rbm = test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6);
    // p(v) = sum_h p(h) N(v; (a + W h) / p, 1 / p), with p(h) proportional to exp(b'h + sum A(a + W h)).
    auto hidden = test::all_states(rbm, {false, true});
    std::vector<double> log_p(hidden.rows());
    Matrix<double> natural = xt::zeros<double>({hidden.rows(), std::size_t{2}});
    for (std::size_t i = 0; i < hidden.rows(); ++i) {
        for (std::size_t k = 0; k < 3; ++k) log_p[i] += rbm.hidden().bias()(k) * hidden[1](i, k);
        for (std::size_t j = 0; j < 2; ++j) {
            double const p = std::exp(rbm.visible().unit().log_precision()(j));
            natural(i, j) = rbm.visible().bias()(j);
            for (std::size_t k = 0; k < 3; ++k) natural(i, j) += rbm.weights()(j, k) * hidden[1](i, k);
            log_p[i] += natural(i, j) * natural(i, j) / (2 * p) + std::log(2 * M_PI / p) / 2;
        }
    }
    CHECK(exact_log_partition(rbm) == Approx(test::log_sum_exp(log_p)).epsilon(1e-13));
    double const log_z = test::log_sum_exp(log_p);
    Matrix<double> data = xt::zeros<double>({3, 2});
    data(1, 0) = 0.7;
    data(2, 0) = -2;
    data(2, 1) = 3;
    auto const found = exact_log_likelihood(rbm, data);
    for (std::size_t c = 0; c < 3; ++c) {
        std::vector<double> terms(hidden.rows());
        for (std::size_t i = 0; i < hidden.rows(); ++i) {
            terms[i] = log_p[i] - log_z;
            for (std::size_t j = 0; j < 2; ++j) {
                double const p = std::exp(rbm.visible().unit().log_precision()(j));
                double const z = data(c, j) - natural(i, j) / p;
                terms[i] += std::log(p / (2 * M_PI)) / 2 - p * z * z / 2;
            }
        }
        CHECK(found[c] == Approx(test::log_sum_exp(terms)).epsilon(1e-12));
    }
}

TEST_CASE("without weights the model is its base rates", "[evaluation]") {
    test::for_each_model([](auto const& random_model) {
        auto const model = scaled(random_model, 0.0);
        double sum = 0;
        for (std::size_t l = 0; l < model.layers(); ++l) {
            auto const& bias = model.layer(l).bias();
            Matrix<double> x = xt::zeros<double>({std::size_t{1}, bias.size()});
            std::copy(bias.begin(), bias.end(), x.begin());
            model.unit(l).add_log_partition(Block<double const>{x}, std::span{&sum, 1});
        }
        CHECK(exact_log_partition(model) == Approx(sum).epsilon(1e-13));
    });
    auto const rbm = scaled(test::randomised(test::bernoulli_rbm(), 1.0, 1.0, 1), 0.0);
    Matrix<double> data = xt::zeros<double>({1, 4});
    data(0, 1) = data(0, 2) = 1;
    double expected = 0;
    for (std::size_t j = 0; j < 4; ++j) {
        double const b = rbm.visible().bias()(j);
        expected += data(0, j) * b - std::log1p(std::exp(b));
    }
    CHECK(exact_log_likelihood(rbm, data)[0] == Approx(expected).epsilon(1e-13));
}

TEST_CASE("a binary unit is a softmax unit with two categories", "[evaluation]") {
    auto const binary = test::randomised(test::bernoulli_rbm(3, 1), 1.5, 1.0, 12);
    RBM softmax{test::layer<Bernoulli>(3), test::layer<Multinomial>(2)};
    softmax.visible() = binary.visible();
    softmax.hidden().bias()(1) = binary.hidden().bias()(0);
    for (std::size_t j = 0; j < 3; ++j) softmax.weights()(j, 1) = binary.weights()(j, 0);
    CHECK(exact_log_partition(softmax) == Approx(exact_log_partition(binary)).epsilon(1e-14));
}

TEST_CASE("the log Z of two independent models side by side is the sum of theirs", "[evaluation]") {
    auto const first = test::randomised(test::bernoulli_rbm(3, 2), 1.5, 1.0, 13);
    auto const second =
        test::randomised(RBM{test::layer<Multinomial>(3, Multinomial{2}), test::layer<Spin>(3)}, 1.0, 1.0, 14);
    RBM joined{JointLayer{first.visible(), second.visible()}, JointLayer{first.hidden(), second.hidden()}};
    for (std::size_t j = 0; j < 3; ++j) {
        for (std::size_t k = 0; k < 2; ++k) joined.weights()(j, k) = first.weights()(j, k);
        for (std::size_t k = 0; k < 3; ++k) joined.weights()(3 + j, 2 + k) = second.weights()(j, k);
    }
    CHECK(exact_log_partition(joined) ==
          Approx(exact_log_partition(first) + exact_log_partition(second)).epsilon(1e-14));
}

TEST_CASE("any layers may be observed", "[evaluation]") {
    auto const model = test::randomised(test::mixed_four_layers(), 0.8, 0.5, 5);
    LayerSet const ends{true, false, false, true};
    auto states = test::all_states(model, ends);
    auto const sums = exact_log_sum(model, states.blocks(), ends);
    CHECK(test::log_sum_exp(sums) == Approx(exact_log_partition(model)).epsilon(1e-13));
    auto all = test::all_states(model);
    auto const everything = exact_log_sum(model, all.blocks(), {true, true, true, true});
    CHECK(test::distance(everything, test::naive_negative_energy(model, all)) < 1e-12);
}

TEST_CASE("an exact answer in float is the one in double to float's precision", "[evaluation]") {
    auto const narrow = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    auto wide = test::mixed_dbm<double>();
    for (std::size_t l = 0; l < 2; ++l) wide.weights(l) = narrow.weights(l);
    for (std::size_t l = 0; l < 3; ++l) wide.layer(l).bias() = narrow.layer(l).bias();
    CHECK(exact_log_partition(narrow) == Approx(exact_log_partition(wide)).epsilon(1e-6));
}

TEST_CASE("what cannot be enumerated is refused with the number of states", "[evaluation]") {
    auto const rbm = test::bernoulli_rbm(40, 30);
    CHECK_THROWS_AS(exact_log_partition(rbm), ValueError);
    CHECK_THROWS_WITH(exact_log_partition(rbm), contains_text("1073741824 states"));
    CHECK_THROWS_AS(exact_log_partition(test::bernoulli_rbm(), {.max_states = 7}), ValueError);
    CHECK_NOTHROW(exact_log_partition(test::bernoulli_rbm(), {.max_states = 8}));
    CHECK_THROWS_WITH(exact_log_partition(RBM{test::layer<Gaussian>(2), test::layer<Gaussian>(2)}),
                      contains_text("neighbours"));
    // Given the data nothing is left to enumerate: the other side is summed in closed form.
    Matrix<double> data = xt::zeros<double>({2, 40});
    Observed<2> const visible{true, false};
    CHECK_NOTHROW(exact_log_sum(rbm, StateBlocks<double, 2>{Block{data}, {}}, visible));
    CHECK_THROWS_AS(exact_log_likelihood(rbm, data), ValueError);
}

TEST_CASE("a model whose energies are no finite numbers is refused, not enumerated", "[evaluation]") {
    Random random{1};
    for (float const w : {std::numeric_limits<float>::quiet_NaN(), 3e38F}) {
        auto rbm = test::bernoulli_rbm<float>();
        for (float& weight : rbm.weights()) weight = w;
        CHECK_THROWS_AS(exact_log_partition(rbm), ValueError);
        CHECK_THROWS_AS(exact_samples(rbm, 3, random), ValueError);
        CHECK_THROWS_AS(exact_log_likelihood(rbm, Matrix<float>(xt::ones<float>({2, 4}))), ValueError);
    }
}

TEST_CASE("data that do not fit are refused", "[evaluation]") {
    auto const rbm = test::bernoulli_rbm();
    Matrix<double> data = xt::zeros<double>({2, 5});
    CHECK_THROWS_AS(exact_log_likelihood(rbm, data), ShapeError);
    data = xt::zeros<double>({2, 4});
    data(1, 2) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(exact_log_likelihood(rbm, data), ValueError);
    Matrix<double> hidden = xt::zeros<double>({3, 3});
    data(1, 2) = 0;
    CHECK_THROWS_AS(exact_log_sum(rbm, StateBlocks<double, 2>{Block{data}, Block{hidden}}, {true, true}), ShapeError);
    CHECK(exact_log_likelihood(rbm, Matrix<double>(xt::zeros<double>({0, 4}))).empty());
}

} // namespace test_exact
