// SPDX-License-Identifier: MIT
#include <boltz/model/any_model.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/stop_when.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace test_own_model {

using namespace boltz;

namespace {

/// A restricted machine of binary units as a user may write one, with plain loops: all its parameters are numbers in
/// one vector, W, then the visible biases, then the hidden ones.
class FlatRbm final : public AnyModel<double> {
  public:
    using AnyParametric<double>::weight_block;
    using AnyParametric<double>::bias_span;

    FlatRbm(std::size_t visible, std::size_t hidden)
        : graph_{LayerGraph::chain({visible, hidden})}, numbers_(visible * hidden + visible + hidden, 0.0) {}

    [[nodiscard]] LayerGraph const& graph() const noexcept override { return graph_; }
    [[nodiscard]] AnyUnit<double> const& unit(std::size_t) const override { return unit_; }
    void input(std::size_t layer, StatesView<double const> states, Block<double> out,
               Factors const& factors = {}) const override {
        std::size_t const other = 1 - layer;
        double const factor = !factors.among[other] ? 0 : layer == 1 ? factors.below : factors.above;
        auto const w = weight_block(0);
        for (std::size_t i = 0; i < out.rows; ++i)
            for (std::size_t j = 0; j < out.columns; ++j) {
                double x = factors.bias * bias_span(layer)[j];
                if (factors.keep != 0) x += factors.keep * out(i, j);
                if (factor != 0)
                    for (std::size_t k = 0; k < graph_.size(other); ++k)
                        x += factor * states[other](i, k) * (layer == 1 ? w(k, j) : w(j, k));
                out(i, j) = x;
            }
    }
    void accumulate(Phase<double> const& phase, Accumulation how, ParameterSet<double>& gradient,
                    Executor&) const override {
        auto const states = phase.states();
        auto const add = [&](double& slope, auto const& product) {
            double sum = 0;
            for (std::size_t i = 0; i < phase.rows; ++i) sum += product(i);
            slope = (how.keep == 0 ? 0 : how.keep * slope) + how.factor * sum;
        };
        for (std::size_t j = 0; j < graph_.size(0); ++j)
            for (std::size_t k = 0; k < graph_.size(1); ++k)
                add(gradient.weights[0](j, k), [&](std::size_t i) { return states[0](i, j) * states[1](i, k); });
        for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t j = 0; j < graph_.size(l); ++j)
                add(gradient.biases[l](j), [&](std::size_t i) { return states[l](i, j); });
    }
    [[nodiscard]] std::vector<Connection> const& weight_connections() const noexcept override {
        return graph_.connections();
    }
    [[nodiscard]] Block<double> weight_block(std::size_t) override {
        return {numbers_.data(), graph_.size(0), graph_.size(1), graph_.size(1)};
    }
    [[nodiscard]] std::size_t parameter_layers() const noexcept override { return 2; }
    [[nodiscard]] std::span<double> bias_span(std::size_t layer) override {
        std::size_t const weights = graph_.size(0) * graph_.size(1);
        return std::span{numbers_}.subspan(weights + (layer == 0 ? 0 : graph_.size(0)), graph_.size(layer));
    }
    void archive(Archive& archive) override { archive("numbers", std::span{numbers_}); }

  private:
    LayerGraph graph_;
    UnitAdapter<Bernoulli, double> unit_{Bernoulli{}};
    std::vector<double> numbers_;
};

/// All parameters, one after another.
std::vector<double> parameters_of(AnyParametric<double>& model) {
    std::vector<double> result;
    model.for_each_parameter(
        [&](Parameter, auto values) { result.insert(result.end(), values.begin(), values.end()); });
    return result;
}

/// The library's own machine and that of a user, from the same draws and the same data.
struct Both {
    decltype(test::bernoulli_rbm()) rbm = test::bernoulli_rbm(9, 4);
    FlatRbm own{9, 4};
    Matrix<double> data = test::bars<double>(3);

    Both() {
        for (AnyModel<double>* const model :
             {static_cast<AnyModel<double>*>(&rbm), static_cast<AnyModel<double>*>(&own)}) {
            Random random{1};
            initialise_weights(*model, 0.3, random);
            initialise_biases(*model, MatrixSource{data}, random);
        }
    }
};

Sgd const sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-3};

} // namespace

TEST_CASE("a model of one's own is a model, a field, and has parameters", "[training]") {
    STATIC_REQUIRE(concepts::Model<FlatRbm>);
    STATIC_REQUIRE(concepts::Field<FlatRbm>);
    STATIC_REQUIRE(concepts::Parametric<FlatRbm>);
    FlatRbm const own{3, 2};
    CHECK(own.machine() == nullptr);
    CHECK(own.description() == "the model's own products");
    CHECK(own.sizes() == std::vector<std::size_t>{3, 2});
}

TEST_CASE("a model of one's own starts, trains and is judged as the machine that it is", "[training]") {
    // Sums in another order differ by rounding, and no draw lies that near to a threshold with these seeds.
    Both both;
    CHECK(parameters_of(both.own) == parameters_of(both.rbm));
    auto const check = [&](auto const& recipe) {
        Random random{2};
        Random same_random{2};
        recipe.fit(both.rbm, both.data, {.epochs = 20, .batch_size = 5}, random);
        auto const report = recipe.fit(both.own, both.data, {.epochs = 20, .batch_size = 5}, same_random);
        CHECK(report.products == "the model's own products");
        CHECK(report.remarks.empty());
        CHECK(test::distance(parameters_of(both.own), parameters_of(both.rbm)) < 1e-9);
    };
    auto const before = parameters_of(both.own);
    check(Trainer{ContrastiveDivergence{.sweeps = 2}, sgd});
    check(Trainer{PersistentCD{.chains = 7}, sgd});
    check(Trainer{PersistentCD{.chains = 7}, sgd, MeanField{}});
    CHECK(test::distance(parameters_of(both.own), before) > 0.1);

    CHECK(exact_log_partition(both.own) == Approx(exact_log_partition(both.rbm)).epsilon(1e-9));
    CHECK(test::distance(exact_log_likelihood(both.own, Block<double const>{both.data}),
                         exact_log_likelihood(both.rbm, Block<double const>{both.data})) < 1e-7);
}

TEST_CASE("a model of one's own is sampled as the machine that it is", "[training]") {
    Both const both;
    auto const draw = [](auto const& model) {
        Random random{3};
        return sample(model, {.chains = 20, .sweeps = 5}, random);
    };
    auto const given = [&](auto const& model) {
        Random random{4};
        Given known{model, 3};
        Matrix<double> mask = xt::zeros<double>({1, 9});
        mask(0, 2) = mask(0, 5) = 1;
        known.clamp(0, Block<double const>{both.data}.row_range(3, 3), mask);
        return sample_given(model, known, {.chains = 4, .sweeps = 10}, random).states;
    };
    auto const same = [](States<double> const& a, States<double> const& b) {
        for (std::size_t l = 0; l < 2; ++l)
            for (std::size_t i = 0; i < a.rows(); ++i)
                if (!std::ranges::equal(a[l].row(i), b[l].row(i))) return false;
        return a.rows() == b.rows();
    };
    CHECK(same(draw(both.own), draw(both.rbm)));
    CHECK(same(given(both.own), given(both.rbm)));
}

TEST_CASE("a model of one's own is saved and loaded, and its training goes on to the bit", "[training]") {
    Both const both;
    Trainer const recipe{PersistentCD{.chains = 7}, sgd};
    FitOptions const options{.epochs = 4, .batch_size = 5};
    auto unbroken_model = both.own;
    auto unbroken = recipe.bind(unbroken_model);
    Random random{5};
    unbroken.fit(both.data, options, random);

    auto first = both.own;
    auto interrupted = recipe.bind(first);
    Random same_random{5};
    interrupted.fit(both.data, options, same_random, StopWhen{test::AfterBatches{6}});
    FlatRbm second{9, 4};
    auto resumed = recipe.bind(second);
    from_arrays(to_arrays(interrupted), resumed);
    Random other_random{6};
    resumed.fit(both.data, options, other_random);
    CHECK(test::same(to_arrays(resumed), to_arrays(unbroken)));

    FlatRbm loaded{9, 4};
    from_arrays(test::parameters(second), loaded);
    CHECK(parameters_of(loaded) == parameters_of(second));
    FlatRbm other{9, 3};
    CHECK_THROWS_AS(from_arrays(test::parameters(second), other), FormatError);
}

} // namespace test_own_model
