// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/scores.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/detail/blas_kernels.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/exact/exact.hpp>

namespace test_ais {

using namespace boltz;

namespace {

template <class M>
M without_weights(M model) {
    for (std::size_t c = 0; c < model.graph().connections().size(); ++c)
        for (auto& w : model.weights(c)) w = 0;
    return model;
}

template <class F>
void for_each_chain(F&& f) {
    test::for_each_model(f);
    f(test::randomised(test::wide_ends(), 1.0, 0.7, 8));
    f(test::randomised(
        DBM{test::layer<Gaussian>(2), test::layer<Bernoulli>(1), test::layer<Bernoulli>(1), test::layer<Gaussian>(1)},
        0.9, 0.5, 9));
    f(test::randomised(DBM{test::layer<Bernoulli>(2), test::layer<Bernoulli>(3), test::layer<Spin>(2),
                           test::layer<Bernoulli>(3), test::layer<Bernoulli>(2)},
                       1.0, 0.5, 10));
}

template <class F>
void for_each_graph(F&& f) {
    test::for_each_discrete_graph(f);
    f(test::randomised(test::gaussian_tree(), 0.7, 0.5, 13));
}

template <class F>
void for_each_annealed_model(F&& f) {
    for_each_chain(f);
    for_each_graph(f);
}

} // namespace

TEST_CASE("without weights and from the model's own biases every weight is Z", "[evaluation]") {
    for_each_annealed_model([](auto const& random_model) {
        auto const model = without_weights(random_model);
        Random random{1};
        auto const found = log_partition(model, own_base(model), {.chains = 20, .ladder = Ladder::linear(7)}, random);
        CHECK(found.log_z == Approx(exact_log_partition(model)).epsilon(1e-13));
        CHECK(found.variance < 1e-24);
        CHECK(found.effective_chains == Approx(20).epsilon(1e-12));
        CHECK(found.trustworthy());
    });
}

// 26 scores below 4.5 standard errors: a right estimator fails with probability 1.8e-4.
TEST_CASE("the mean weight is Z for every graph, mix of units and base, however short the ladder",
          "[evaluation][statistical]") {
    Random random{31};
    for_each_annealed_model([&](auto const& model) {
        double const truth = exact_log_partition(model);
        Ais const ais{.chains = 20000, .ladder = Ladder::of({0, 0.3, 0.8, 1})};
        for (auto const& base : {uniform_base(model), own_base(model)}) {
            LogPartition const found = log_partition(model, base, ais, random);
            CHECK(std::abs(test::score(test::exponentials(found.log_weights, truth), 1)) < 4.5);
            CHECK(test::estimate(found.log_weights).mean < truth);
            CHECK(found.variance > 1e-3);
        }
    });
}

TEST_CASE("neighbouring Gaussian layers are annealed if the energy has a minimum", "[evaluation][statistical]") {
    RBM rbm{test::layer<Gaussian>(1), test::layer<Gaussian>(1)};
    rbm.visible().bias()(0) = 0.3;
    rbm.hidden().bias()(0) = -0.6;
    double const w = rbm.weights()(0, 0) = 0.8;
    // Z of exp(b' s - s' Q s / 2), Q = [1, -w; -w, 1].
    double const determinant = 1 - w * w;
    double const quadratic = (0.3 * 0.3 + 0.6 * 0.6 - 2 * w * 0.3 * 0.6) / determinant;
    double const truth = std::log(2 * M_PI) - std::log(determinant) / 2 + quadratic / 2;
    Random random{32};
    auto const found = log_partition(rbm, uniform_base(rbm), {.chains = 20000, .ladder = Ladder::linear(10)}, random);
    CHECK(std::abs(test::score(test::exponentials(found.log_weights, truth), 1)) < 4.5); // 7e-6
    rbm.weights()(0, 0) = 1.01;
    CHECK_THROWS_AS(log_partition(rbm, uniform_base(rbm), {}, random), ValueError);
}

TEST_CASE("more temperatures make weights more even", "[evaluation][statistical]") {
    Random random{33};
    for_each_chain([&](auto const& model) {
        auto const variance = [&](std::size_t steps) {
            return log_partition(model, uniform_base(model), {.chains = 500, .ladder = Ladder::linear(steps)}, random)
                .variance;
        };
        // Where the chains keep up it falls as 1 / steps: about 16 times.
        CHECK(variance(160) < variance(10) / 6);
    });
}

// z has about a t distribution with 49 degrees of freedom: the mean of 400 squares is 1.04 with deviation 0.075, and
// their mean has deviation 0.05. A right estimator leaves each interval with probability below 1e-5.
TEST_CASE("standard errors are honest", "[evaluation][statistical]") {
    auto const check = [](auto const& model) {
        double const truth = exact_log_partition(model);
        Random random{34};
        std::vector<double> squares;
        std::vector<double> scores;
        std::size_t outside = 0;
        for (int seed = 0; seed < 400; ++seed) {
            auto const found =
                log_partition(model, uniform_base(model), {.chains = 50, .ladder = Ladder::linear(60)}, random);
            double const z = (found.log_z - truth) / found.standard_error;
            scores.push_back(z);
            squares.push_back(z * z);
            outside += truth < found.lower || truth > found.upper;
        }
        CHECK(std::abs(test::estimate(squares).mean - 1.04) < 0.34);
        CHECK(std::abs(test::estimate(scores).mean) < 0.25);
        CHECK(outside <= 9); // Poisson with mean 1.7 at 49 degrees of freedom
    };
    check(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1));
    check(test::randomised(test::gaussian_dbm(), 0.7, 0.5, 7));
}

// Some 300 scores below 5 standard errors: a right estimator fails with probability 2e-4.
TEST_CASE("given any observed layers the mean weight of each case is its sum", "[evaluation][statistical]") {
    Random random{35};
    auto const check = [&](auto const& model, std::size_t runs) {
        States<double> data{3, model.sizes()};
        for (std::size_t l = 0; l < model.layers(); ++l) model.unit(l).sample(data[l], Draws::from_seed(3 + l));
        for (std::size_t set = 1; set < std::size_t{1} << model.layers(); ++set) {
            if (set % 3 == 2) continue; // enough of them
            LayerSet observed;
            for (std::size_t l = 0; l < model.layers(); ++l) observed.set(l, (set >> l & 1) != 0);
            auto const truth = exact_log_sum(model, data, observed);
            auto const found =
                log_sum(model, data, observed, {.chains = runs, .ladder = Ladder::of({0, 0.5, 1})}, random);
            REQUIRE(found.size() == 3);
            for (std::size_t c = 0; c < 3; ++c) {
                REQUIRE(found[c].chains == runs);
                auto const ratios = test::exponentials(found[c].log_weights, truth[c]);
                CHECK(std::abs(test::estimate(ratios).mean - 1) <= 5 * test::estimate(ratios).error + 1e-10);
            }
        }
    };
    for_each_chain([&](auto const& model) { check(model, 4000); });
    for_each_graph([&](auto const& model) { check(model, 1000); });
}

TEST_CASE("a case of which everything is observed is minus its energy", "[evaluation]") {
    auto const model = test::randomised(test::mixed_dbm(), 0.8, 0.5, 4);
    auto const all = test::all_states<double>(model);
    Random random{1};
    auto const found = log_sum(model, all, {true, true, true}, {.chains = 2, .ladder = Ladder::linear(3)}, random);
    auto const truth = test::naive_negative_energy(model, all);
    for (std::size_t i = 0; i < truth.size(); ++i) CHECK(found[i].log_z == Approx(truth[i]).epsilon(1e-12));
    CHECK(log_sum(model, all.blocks().row_range(0, 0), {true, true, true}, {.chains = 2}, random).empty());
}

TEST_CASE("the number of workers changes no log-weight", "[evaluation]") {
    auto const model = test::randomised(test::wide_ends<float>(), 1.0, 0.7, 8);
    auto const all = test::all_states<float>(model, {true, false, false, false});
    auto const weights = [&](std::size_t threads) {
        Ais const ais{.chains = 100, .ladder = Ladder::linear(20), .compute = {.threads = threads, .block_rows = 16}};
        Random random{3};
        auto result = log_partition(model, uniform_base(model), ais, random).log_weights;
        for (auto const& of_case : log_sum(model, all, {true, false, false, false}, ais, random))
            result.insert(result.end(), of_case.log_weights.begin(), of_case.log_weights.end());
        return result;
    };
    auto const one = weights(1);
    CHECK(one == weights(2));
    CHECK(one == weights(5));
}

TEST_CASE("an estimate in float is the one in double to float's precision", "[evaluation][statistical]") {
    auto const narrow = test::randomised(test::bernoulli_dbm<float>(6, 5, 4), 0.8, 0.5, 4);
    auto wide = test::bernoulli_dbm<double>(6, 5, 4);
    for (std::size_t l = 0; l < 2; ++l) wide.weights(l) = narrow.weights(l);
    for (std::size_t l = 0; l < 3; ++l) wide.layer(l).bias() = narrow.layer(l).bias();
    Random random{5};
    Ais const ais{.chains = 2000, .ladder = Ladder::linear(500)};
    auto const found = log_partition(narrow, uniform_base(narrow), ais, random);
    CHECK(std::abs(found.log_z - exact_log_partition(wide)) < 4.5 * found.standard_error); // 7e-6
    CHECK(found.standard_error < 0.01);
}

TEST_CASE("an estimate says how it was made", "[evaluation]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1);
    Random random{1};
    Matrix<double> data = xt::zeros<double>({2, 4});
    data(1, 3) = 1;
    auto const rates = base_rates(model, MatrixSource{data}, random);
    auto const found = log_partition(model, rates, {.chains = 12, .ladder = Ladder::linear(40)}, random);
    CHECK(found.base == "base rates of data");
    CHECK(found.temperatures == 40);
    CHECK(found.chains == 12);
    CHECK(found.log_weights.size() == 12);
    CHECK(found.start == ChainStart::base);
    CHECK(found.products == "float64 by " + detail::describe_blas());
    CHECK(log_partition(model, uniform_base(model), {.chains = 2, .ladder = Ladder::linear(1)}, random).base ==
          "uniform");
}

TEST_CASE("what cannot be annealed is refused", "[evaluation]") {
    auto const model = test::bernoulli_rbm();
    Random random{1};
    CHECK_THROWS_AS(log_partition(model, uniform_base(model), {.chains = 0}, random), ValueError);
    CHECK_THROWS_AS(log_partition(model, uniform_base(model), {.compute = {.threads = 0}}, random), ValueError);
    CHECK_THROWS_AS(log_partition(model, uniform_base(test::bernoulli_rbm(4, 5)), {}, random), ShapeError);
    Matrix<double> data = xt::zeros<double>({2, 5});
    Observed<2> const visible{true, false};
    using Blocks = StateBlocks<double, 2>;
    CHECK_THROWS_AS(log_sum(model, Blocks{Block{data}, {}}, visible, {}, random), ShapeError);
    Matrix<double> wrong = xt::zeros<double>({2, 4});
    wrong(1, 1) = -1;
    CHECK_THROWS_AS(log_sum(model, Blocks{Block{wrong}, {}}, visible, {}, random), ValueError);
    auto const real = test::gaussian_rbm<float>();
    CHECK_THROWS_WITH(
        log_partition(real, uniform_base(real), {.compute = {.precision = Precision::bfloat16}}, random),
        contains_text("layer 0 are real numbers"));
}

} // namespace test_ais
