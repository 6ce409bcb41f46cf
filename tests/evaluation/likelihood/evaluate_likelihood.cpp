// SPDX-License-Identifier: MIT
#include <boltz/evaluation/likelihood/evaluate_likelihood.hpp>

#include "../../../benchmarks/ising_torus.hpp"
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/inference/mean_field.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace test_evaluate_likelihood {

using namespace boltz;

namespace {

// Every state of layer 0, each once.
Matrix<double> visible_states(AnyField<double> const& field) {
    auto const states = test::all_states(field, LayerSet::of(0));
    Matrix<double> result = xt::zeros<double>({states.rows(), field.sizes()[0]});
    copy<double>(states[0], Block{result});
    return result;
}

double mean(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

LikelihoodOptions quick() {
    return {.log_z = {.ais = {.chains = 40, .ladder = Ladder::linear(40)}, .tempering_sweeps = 80},
            .of_case = {.chains = 20, .ladder = Ladder::linear(20)}};
}

std::string all_warnings(LikelihoodEvaluation const& found) {
    std::string text;
    for (auto const& warning : found.warnings()) text += warning + '\n';
    return text;
}

// An evaluation that nothing speaks against.
LikelihoodEvaluation clean() {
    LikelihoodEvaluation result;
    result.log_z.below.log_z = 10;
    result.log_z.below.standard_error = 0.1;
    result.log_z.below.chains = 100;
    result.log_z.below.effective_chains = 90;
    result.log_z.below.variance_above = 0.1;
    result.log_z.both.emplace();
    result.log_z.both->log_z = 10.1;
    result.log_z.both->standard_error = 0.05;
    result.log_z.both->overlap = 0.9;
    result.log_z.both->forward_chains = result.log_z.both->reverse_chains = 100;
    result.log_z.both->start = ChainStart::tempered_chains;
    result.log_z.tempering.emplace();
    result.log_z.tempering->ensembles = 100;
    result.log_z.tempering->round_trips = 500;
    result.likelihood.log_z = LogZ{result.log_z.below};
    result.gap.emplace();
    result.gap->mean = 0.5;
    result.gap->annealing_error = 0.1;
    result.summed.emplace();
    return result;
}

} // namespace

// Four models, four estimates each within 5 standard errors: a false alarm in 1 of 100,000.
TEST_CASE("log Z from both sides and the likelihood are those of enumeration", "[evaluation][statistical]") {
    Random random{61};
    auto const check = [&](auto const& model) {
        AnyField<double> const& field = model;
        bool const countable = field.unit(0).countable();
        Matrix<double> data =
            countable ? visible_states(field) : xt::zeros<double>({std::size_t{6}, field.sizes()[0]});
        if (!countable) Draws::from_seed(1).normal(0, 0, std::span{data.data(), data.size()});
        bool const exact = field.graph().independent(~LayerSet::of(0));
        double const truth = exact_log_partition(field);
        auto const values = exact_log_likelihood(field, data);

        LikelihoodOptions options = quick();
        options.summed_cases = exact ? 0 : 4;
        auto const found = evaluate_likelihood(model, data, MeanField{}, usual_bases(field), options, random);
        INFO(all_warnings(found));
        auto const close = [&](auto const& estimate) {
            CHECK(std::abs(estimate.log_z - truth) < 5 * estimate.standard_error);
            CHECK(estimate.standard_error < 0.2);
        };
        close(found.log_z.below);
        close(found.log_z.above.value());
        close(found.log_z.both.value());
        CHECK(found.log_z.both->combined);
        CHECK(found.trustworthy());
        CHECK(found.log_z.best().value == found.log_z.both->log_z);
        CHECK(found.likelihood.cases() == data.shape(0));
        CHECK(found.likelihood.kind == (exact ? LikelihoodKind::exact : LikelihoodKind::lower_bound));
        double const shift = truth - found.log_z.below.log_z;
        if (exact) {
            CHECK(found.likelihood.mean == Approx(mean(values) + shift).epsilon(1e-9));
            CHECK_FALSE(found.summed);
        } else {
            CHECK(found.likelihood.mean < mean(values) + shift + 1e-9);
            REQUIRE(found.summed);
            double const first = mean({values.begin(), values.begin() + 4});
            CHECK(std::abs(found.summed->mean - first - shift) < 5 * found.summed->annealing_error + 1e-9);
            double bound = 0;
            for (std::size_t i = 0; i < 4; ++i) bound += found.likelihood.values[i] / 4;
            CHECK(found.gap.value().mean == Approx(found.summed->mean - bound).epsilon(1e-9));
        }
        CHECK(found.likelihood_of_both.value().mean ==
              Approx(found.likelihood.mean + found.log_z.below.log_z - found.log_z.both->log_z).epsilon(1e-9));
    };
    check(test::randomised(test::bernoulli_rbm(), 1.2, 0.7, 1));
    check(test::randomised(test::bernoulli_dbm(), 0.8, 0.7, 2));
    check(test::randomised(test::gaussian_rbm(), 0.9, 0.5, 6));
    check(test::randomised(test::two_visible_tree(), 0.5, 0.5, 11));
}

TEST_CASE("data on several visible layers", "[evaluation]") {
    auto const model = test::randomised(
        BoltzmannMachine{
            {{0, 2}, {1, 2}}, test::layer<Bernoulli>(3), test::layer<Multinomial>(3), test::layer<Spin>(2)},
        0.8, 0.5, 5);
    Matrix<double> images = xt::zeros<double>({std::size_t{24}, std::size_t{3}});
    Matrix<double> labels = xt::zeros<double>({std::size_t{24}, std::size_t{3}});
    for (std::size_t i = 0; i < 24; ++i) {
        for (std::size_t j = 0; j < 3; ++j) images(i, j) = static_cast<double>(i >> j & 1u);
        labels(i, i / 8) = 1;
    }
    Random random{62};
    auto const found =
        evaluate_likelihood(model, on_layers<0, 1>(images, labels), MeanField{}, usual_bases(model), quick(), random);
    CHECK(found.likelihood.kind == LikelihoodKind::exact);
    double sum = 0; // of p over all states of both visible layers
    for (double const value : found.likelihood.values) sum += std::exp(value + found.log_z.below.log_z);
    CHECK(std::log(sum) == Approx(exact_log_partition(model)).epsilon(1e-9));
    CHECK(found.trustworthy());
}

// Ising spins in two modes, all up and all down: chains from the model's own biases find only the latter, and their
// weights say nothing of it; nor do chains down from tempered ones, which begin at the same base.
TEST_CASE("a mode that chains miss is warned of", "[evaluation]") {
    for (double const field : {0.0, 0.05}) {
        auto const rbm = bench::bond_rbm(bench::even_torus(4, 0.9, field));
        double const truth = exact_log_partition(rbm);
        Matrix<float> const all_down = xt::zeros<float>({std::size_t{1}, std::size_t{16}});
        Random random{63};
        LikelihoodOptions options = quick();
        options.log_z.ais = {.chains = 30, .ladder = Ladder::linear(200)};
        auto const missed = evaluate_likelihood(rbm, all_down, MeanField{}, {own_base(rbm)}, options, random);
        REQUIRE(missed.log_z.below.log_z < truth - 0.5);
        REQUIRE(missed.log_z.both->combined);
        REQUIRE(missed.log_z.both->log_z < truth - 0.5);
        CHECK(missed.log_z.below.at_least <= truth);
        CHECK_FALSE(missed.trustworthy());
        CHECK_THAT(all_warnings(missed), contains_text("log Z from below: log Z is at least"));

        // Where one case lies in the other mode, the cases prove as much.
        Matrix<float> both_modes = xt::zeros<float>({std::size_t{2}, std::size_t{16}});
        for (std::size_t j = 0; j < 16; ++j) both_modes(1, j) = 1;
        options.log_z.directions = AnnealingDirections::up;
        auto const proved = evaluate_likelihood(rbm, both_modes, MeanField{}, {own_base(rbm)}, options, random);
        CHECK(proved.likelihood.refuted());
        CHECK_THAT(all_warnings(proved), contains_text("likelihood: log Z is taken for"));
    }
}

TEST_CASE("the verdict names what speaks against the numbers, and nothing else", "[evaluation]") {
    CHECK(clean().trustworthy());
    auto const only = [](LikelihoodEvaluation const& found, char const* words) {
        REQUIRE(found.warnings().size() == 1);
        CHECK_FALSE(found.trustworthy());
        CHECK_THAT(found.warnings()[0], contains_text(words));
    };
    auto found = clean();
    found.log_z.below.effective_chains = 3;
    found.likelihood.log_z = LogZ{found.log_z.below}; // not said twice
    only(found, "log Z from below: the estimate rests on 3 effective chains");
    found = clean();
    found.log_z.below.at_least = 12;
    only(found, "log Z from below: log Z is at least 12");
    found = clean();
    found.log_z.tempering->round_trips = 5;
    only(found, "tempered chains: states went");
    found = clean();
    found.log_z.both->combined = false;
    found.log_z.both->contradiction = 4;
    only(found, "log Z of both directions: the chains down say");
    found = clean();
    found.log_z.both->log_z = 10.5; // an error of 0.11 together
    only(found, "log Z from below: both directions together say 10.5, the chains up alone 10");
    found.log_z.both->log_z = 9.5; // chains up lie above: a contradiction of the directions, if they differ so far
    CHECK(found.trustworthy());
    found = clean();
    found.likelihood.case_warning = "grey";
    only(found, "likelihood: grey");
    found = clean();
    found.summed->case_warning = "few runs";
    only(found, "summed cases: few runs");
    found = clean();
    found.gap->mean = -0.4;
    only(found, "the bound lies 0.4 nats above log p");
    found.gap->mean = -0.2;
    CHECK(found.trustworthy());
}

TEST_CASE("what is known does not depend on directions, threads, or what else is asked for", "[evaluation]") {
    auto const dbm = test::randomised(test::bernoulli_dbm<float>(4, 3, 3), 1, 0.5, 3);
    Matrix<float> data = xt::zeros<float>({std::size_t{5}, std::size_t{4}});
    for (std::size_t i = 0; i < 5; ++i) data(i, i % 4) = 1;
    auto const with = [&](AnnealingDirections directions, std::size_t threads) {
        Random random{64};
        LikelihoodOptions options = quick();
        options.log_z = {
            .ais = {.chains = 40, .ladder = Ladder::linear(5)}, .directions = directions, .tempering_sweeps = 10};
        options.summed_cases = 2;
        for (Compute* compute : {&options.log_z.ais.compute, &options.of_case.compute, &options.compute})
            *compute = {.threads = threads, .block_rows = 16};
        return evaluate_likelihood(dbm, data, MeanField{}, usual_bases(dbm), options, random);
    };
    auto const one = with(AnnealingDirections::both, 1), three = with(AnnealingDirections::both, 3);
    auto const up = with(AnnealingDirections::up, 1);
    CHECK(one.log_z.above->log_weights == three.log_z.above->log_weights);
    CHECK_FALSE(up.log_z.above);
    CHECK_FALSE(up.log_z.both);
    CHECK_FALSE(up.likelihood_of_both);
    for (auto const* other : {&three, &up}) {
        CHECK(one.log_z.below.log_weights == other->log_z.below.log_weights);
        CHECK(one.log_z.below.at_least == other->log_z.below.at_least);
        CHECK(one.likelihood.values == other->likelihood.values);
        CHECK(one.summed->values == other->summed->values);
        CHECK(one.gap->values == other->gap->values);
    }
}

TEST_CASE("what cannot be evaluated is refused before anything is drawn", "[evaluation]") {
    auto const rbm = test::bernoulli_rbm();
    auto const dbm = test::bernoulli_dbm();
    auto const triangle = test::triangle();
    Matrix<double> const data = xt::zeros<double>({std::size_t{2}, std::size_t{4}});
    Matrix<double> const three = xt::zeros<double>({std::size_t{2}, std::size_t{3}});
    Random random{1};
    Random untouched = random;
    LikelihoodOptions options = quick();
    options.summed_cases = 3;
    CHECK_THROWS_WITH(evaluate_likelihood(rbm, data, MeanField{}, usual_bases(rbm), options, random),
                      contains_text("summed_cases is 3, but the likelihood of this model is exact"));
    CHECK_THROWS_WITH(evaluate_likelihood(dbm, three, MeanField{}, usual_bases(dbm), options, random),
                      contains_text("summed_cases is 3, but data has 2 rows"));
    options.summed_cases = 0;
    CHECK_THROWS_WITH(evaluate_likelihood(triangle, three, MeanField{}, usual_bases(triangle), options, random),
                      contains_text("the layers have 3 colours"));
    CHECK_THROWS_AS(evaluate_likelihood(dbm, data, MeanField{}, usual_bases(dbm), options, random), ShapeError);
    CHECK_THROWS_AS(evaluate_likelihood(dbm, three, MeanField{}, {}, options, random), ValueError);
    CHECK(random.split().key() == untouched.split().key());
    options.log_z.directions = AnnealingDirections::up;
    CHECK(evaluate_likelihood(triangle, three, MeanField{}, usual_bases(triangle), options, random)
              .likelihood.cases() == 2);
}

} // namespace test_evaluate_likelihood
