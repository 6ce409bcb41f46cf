// SPDX-License-Identifier: MIT
#include <boltz/training/backpropagation.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/trainings.hpp"

#include "../../examples/small/spin.hpp"

#include <boltz/model/initialise.hpp>
#include <boltz/optimizer/adam.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/joint.hpp>

#include <cmath>
#include <numbers>

namespace test_network_outputs {

using namespace boltz;

namespace {

constexpr std::size_t cases = 7;
constexpr std::size_t outputs = 4;

using Both = JointUnit<Bernoulli, Gaussian>; // two units each

/// An output layer and targets for it.
struct Output {
    AnyOutputLayer<double> layer;
    Matrix<double> targets;
};

template <class U>
Output output(U const& unit) {
    OutputLayer<U, double> const layer{outputs, unit};
    Matrix<double> targets = xt::zeros<double>({cases, outputs});
    layer.unit().sample(Block{targets}, Draws::from_seed(5)); // natural parameters of 0
    return {layer, targets};
}

std::vector<Output> every_output() {
    return {output(Multinomial{}),
            output(Multinomial{3}),
            output(Categorical{2}),
            output(Bernoulli{}),
            output(Gaussian{}),
            output(Gaussian::with_precision({4, 0.5, 1, 2})),
            output(Gaussian::learned()),
            output(Both{{2, 2}, Bernoulli{}, Gaussian::with_precision({4, 0.5})}),
            output(Spin{})};
}

std::vector<AnyHiddenLayer<double>> every_hidden_layer() {
    return {HiddenLayer<Bernoulli, double>{5}, HiddenLayer<Rectified, double>{5}, HiddenLayer<Gaussian, double>{5},
            HiddenLayer<test::Softsign, double>{5}};
}

double log_softmax(std::vector<double> const& x, std::size_t first, std::size_t count, std::size_t k) {
    return x[k] - test::log_sum_exp({x.begin() + static_cast<std::ptrdiff_t>(first),
                                     x.begin() + static_cast<std::ptrdiff_t>(first + count)});
}

/// -log p(target | x), from the definitions.
double loss(AnyUnit<double> const& unit, std::span<double const> target, std::vector<double> const& x) {
    double result = 0;
    std::string_view const name = unit.name();
    double trials = 0;
    for (double const t : target) trials += t;
    if (name == "multinomial") result -= std::lgamma(trials + 1);
    for (std::size_t j = 0; j < outputs; ++j) {
        double const t = target[j];
        double const p = unit.precision(j);
        if (name == "multinomial")
            result += std::lgamma(t + 1) - t * log_softmax(x, 0, outputs, j);
        else if (name == "categorical")
            result -= t * log_softmax(x, j / 2 * 2, 2, j);
        else if (name == "gaussian" || (name == "joint" && j >= 2))
            result += p / 2 * std::pow(t - x[j] / p, 2) - std::log(p / (2 * std::numbers::pi)) / 2;
        else if (name == "spin")
            result += std::log(1 + std::exp(-2 * t * x[j]));
        else
            result += std::log(1 + std::exp((1 - 2 * t) * x[j]));
    }
    return result;
}

double mean_loss(MLP<double> const& network, Matrix<double> const& inputs, Matrix<double> const& targets) {
    double sum = 0;
    for (std::size_t i = 0; i < inputs.shape(0); ++i) {
        auto const row = Block{inputs}.row(i);
        sum +=
            loss(network.output(), Block{targets}.row(i), test::layers_of(network, {row.begin(), row.end()}).back());
    }
    return sum / static_cast<double>(inputs.shape(0));
}

} // namespace

TEST_CASE("a step follows the gradient of -log p(target) for every pair of hidden and output units",
          "[backpropagation]") {
    Matrix<double> const inputs = test::random_matrix<double>(cases, 3, 3);
    for (auto const& hidden : every_hidden_layer())
        for (auto const& [layer, targets] : every_output()) {
            auto const what = std::string{hidden.unit().name()} + ", " + std::string{layer.unit().name()};
            CAPTURE(what);
            MLP<double> network = test::random_network(MLP<double>{3, {hidden}, layer}, 0.6, 1);
            auto const before = test::parameters_of(network);
            auto const expected = test::finite_differences(
                network, [&, &t = targets](MLP<double> const& at) { return mean_loss(at, inputs, t); });
            double const loss_before = mean_loss(network, inputs, targets);
            Random random{1};
            auto const report = Backpropagation{Sgd{.learning_rate = 0.5, .unit_rate = 1}}.fit(
                network, on_layers<0, 1>(inputs, targets), {.epochs = 1, .batch_size = cases}, random);
            CHECK(report.metrics[0].value == Approx(loss_before).epsilon(1e-10));
            auto const after = test::parameters_of(network);
            REQUIRE(after.size() == expected.size());
            for (std::size_t i = 0; i < after.size(); ++i)
                CHECK((before[i] - after[i]) / 0.5 == Approx(expected[i]).margin(1e-8).epsilon(1e-6));
        }
}

TEST_CASE("an autoencoder learns bars and stripes", "[backpropagation]") {
    Matrix<float> const images = test::bars(4);
    MLP network{16, HiddenLayer<Bernoulli>{12}, HiddenLayer<Bernoulli>{12}, OutputLayer<Bernoulli>{16}};
    Random random{1};
    initialise_weights(network, 0.5, random);
    std::vector<double> losses;
    struct Watch {
        std::vector<double>& losses;
        void on_epoch_end(MLP<float> const&, TrainingInfo const& info) {
            losses.push_back(info.metrics->front().value);
        }
    };
    Backpropagation{Adam{.learning_rate = 0.03}}.fit(network, on_layers<0, 1>(images, images),
                                                     {.epochs = 300, .batch_size = 10}, random, Watch{losses});
    CHECK(losses.front() > 10);
    CHECK(losses.back() < 1);
    Matrix<float> back = xt::zeros<float>({images.shape(0), images.shape(1)});
    network.means(Block{images}, Block{back});
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < back.size(); ++i) wrong += (back.data()[i] > 0.5f) != (images.data()[i] > 0.5f);
    CHECK(wrong <= back.size() / 100);
}

namespace {

/// The solution of A x = b, by elimination.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
    std::size_t const n = b.size();
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i) {
            if (i == k) continue;
            double const factor = a[i][k] / a[k][k];
            for (std::size_t j = 0; j < n; ++j) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    for (std::size_t k = 0; k < n; ++k) b[k] /= a[k][k];
    return b;
}

} // namespace

TEST_CASE("real-valued outputs without hidden layers are linear least squares, and learn the variance that is left",
          "[backpropagation]") {
    std::size_t const rows = 40;
    Matrix<double> const inputs = test::random_matrix<double>(rows, 3, 3);
    Matrix<double> targets = test::random_matrix<double>(rows, 2, 4);
    for (std::size_t i = 0; i < rows; ++i) {
        targets(i, 0) += 2 * inputs(i, 0) - inputs(i, 2) + 0.5;
        targets(i, 1) = 0.3 * targets(i, 1) + inputs(i, 1);
    }
    // Normal equations of the inputs and a constant.
    auto const feature = [&](std::size_t i, std::size_t k) { return k < 3 ? inputs(i, k) : 1.0; };
    std::vector<std::vector<double>> products(4, std::vector<double>(4));
    for (std::size_t k = 0; k < 4; ++k)
        for (std::size_t l = 0; l < 4; ++l)
            for (std::size_t i = 0; i < rows; ++i) products[k][l] += feature(i, k) * feature(i, l);
    std::vector<std::vector<double>> best;
    std::vector<double> variance(2);
    for (std::size_t j = 0; j < 2; ++j) {
        std::vector<double> right(4);
        for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t i = 0; i < rows; ++i) right[k] += feature(i, k) * targets(i, j);
        best.push_back(solve(products, right));
        for (std::size_t i = 0; i < rows; ++i) {
            double error = targets(i, j);
            for (std::size_t k = 0; k < 4; ++k) error -= best[j][k] * feature(i, k);
            variance[j] += error * error / static_cast<double>(rows);
        }
    }
    auto const check = [&](Gaussian const& unit) {
        MLP network{3, OutputLayer<Gaussian, double>{2, unit}};
        Random random{1};
        auto const report = Backpropagation{Lbfgs{.line_searches = 20}}.fit(
            network, on_layers<0, 1>(inputs, targets), {.epochs = 10, .batch_size = rows}, random);
        double loss = 0;
        for (std::size_t j = 0; j < 2; ++j) {
            double const p = network.output().precision(j);
            for (std::size_t k = 0; k < 3; ++k)
                CHECK(network.weights(0)(k, j) / p == Approx(best[j][k]).margin(1e-5));
            CHECK(network.bias(1)(j) / p == Approx(best[j][3]).margin(1e-5));
            loss += p * variance[j] / 2 - std::log(p / (2 * std::numbers::pi)) / 2;
        }
        CHECK(report.metrics[0].value == Approx(loss));
        return std::vector<double>{network.output().precision(0), network.output().precision(1)};
    };
    check(Gaussian{});
    CHECK(check(Gaussian::with_precision({4, 0.5})) == std::vector<double>{4, 0.5});
    auto const learned = check(Gaussian::learned());
    for (std::size_t j = 0; j < 2; ++j) CHECK(1 / learned[j] == Approx(variance[j]).epsilon(1e-4));
}

TEST_CASE("targets that output units cannot have are refused", "[backpropagation]") {
    Matrix<double> const inputs = test::random_matrix<double>(cases, 4, 3);
    MLP network{4, OutputLayer<Bernoulli, double>{4}};
    Random random{1};
    CHECK_THROWS_WITH(Backpropagation{Sgd{}}.fit(network, on_layers<0, 1>(inputs, inputs), {}, random),
                      contains_text("data of layer 1") && contains_text("in [0, 1]"));
}

} // namespace test_network_outputs
