// SPDX-License-Identifier: MIT
#include <boltz/training/backpropagation.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/classifier_monitor.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/detail/activations.hpp>
#include <boltz/evaluation/features/classification.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/optimizer/sgd.hpp>

#include <numeric>

namespace test_backpropagation {

using namespace boltz;

namespace {

/// A network with what enters beside its layers.
template <class Hidden = Bernoulli>
MLP<double> small() {
    return test::random_network(test::softmax_network<Hidden, double>({3, {2, 1, 0}}, {5, 4}, 3), 0.6, 1);
}

std::vector<std::size_t> all(std::size_t count) {
    std::vector<std::size_t> indices(count);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    return indices;
}

double largest_difference(std::vector<double> const& a, std::vector<double> const& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

/// Calls f with the data of nine cases.
template <class F>
void with_data(F&& f) {
    Matrix<double> const inputs = test::random_matrix<double>(9, 6, 3);
    auto const labels = test::labels_in_turn(9, 3);
    f(inputs, labels, on_layers<0, 1>(inputs, OneHot{labels, 3}));
}

/// The walked gradient of the sum over cases of log p(target).
std::vector<double> gradient_of(MLP<double> const& network, StatesView<double const> states,
                                StatesView<double const> gradients) {
    std::vector<double> result;
    for (std::size_t l = 0; l + 1 < network.layers(); ++l)
        for (std::size_t i = 0; i < network.widths()[l]; ++i)
            for (std::size_t j = 0; j < network.sizes()[l + 1]; ++j) {
                double sum = 0;
                for (std::size_t n = 0; n < states[l].rows; ++n) sum += states[l](n, i) * gradients[l + 1](n, j);
                result.push_back(sum);
            }
    for (std::size_t l = 1; l < network.layers(); ++l)
        for (std::size_t j = 0; j < network.sizes()[l]; ++j) {
            double sum = 0;
            for (std::size_t n = 0; n < gradients[l].rows; ++n) sum += gradients[l](n, j);
            result.push_back(sum);
        }
    return result;
}

} // namespace

TEST_CASE("gradients agree with finite differences, through dropout and what enters beside layers",
          "[backpropagation]") {
    for (MLP<double> const& network : {small<Bernoulli>(), small<Rectified>(), small<Gaussian>()})
        for (double const share : {0.0, 0.4})
            with_data([&](auto const&, auto const&, auto const& data) {
                Executor executor{Compute{.threads = 1, .block_rows = 4}};
                Draws const draws = Draws::from_seed(11);
                DroppedShares const dropped{share, share / 2, share};
                detail::BackwardPass<double> pass;
                auto const loss = [&](MLP<double> const& at) {
                    return pass.run(at, {}, detail::TrainingData<double>{data}, all(9), dropped, draws, executor);
                };
                auto const differences = test::finite_differences(network, loss);
                static_cast<void>(loss(network));
                auto gradient = gradient_of(network, pass.states(), pass.gradients());
                for (double& slope : gradient) slope = -slope; // of the loss
                CHECK(largest_difference(gradient, differences) < 1e-6);
            });
}

TEST_CASE("a step follows the gradient of the mean cross-entropy, of the cases and of nothing else",
          "[backpropagation]") {
    with_data([&](auto const& inputs, auto const& labels, auto const& data) {
        MLP<double> network = small();
        auto const before = test::parameters_of(network);
        auto const differences = test::finite_differences(
            network, [&](MLP<double> const& at) { return test::mean_loss(at, inputs, labels); });
        Random random{1};
        Backpropagation{Sgd{.learning_rate = 0.5}}.fit(network, data, {.epochs = 1, .batch_size = 9}, random);
        auto step = test::parameters_of(network);
        for (std::size_t i = 0; i < step.size(); ++i) step[i] = (before[i] - step[i]) / 0.5;
        CHECK(largest_difference(step, differences) < 1e-6);
    });
}

TEST_CASE("what dropout keeps has the expectation of what was there", "[backpropagation]") {
    std::vector<double> sums(6, 0.0);
    std::size_t const rows = 20000;
    for (std::size_t i = 0; i < rows; ++i) {
        std::vector<double> row{1, 2, 3, 4, 5, 6};
        detail::drop(row.data(), row.size(), 0.7, Draws::from_seed(3).key(), i);
        for (std::size_t j = 0; j < 6; ++j) {
            CHECK_FALSE((row[j] != 0 && std::abs(row[j] - static_cast<double>(j + 1) / 0.7) > 1e-12));
            sums[j] += row[j] / static_cast<double>(j + 1);
        }
    }
    // A kept share of 0.7 over 20,000 draws, divided by 0.7: 4.5 standard errors, false alarm 7e-6 each.
    for (double const sum : sums)
        CHECK(std::abs(sum / static_cast<double>(rows) - 1) < 4.5 * std::sqrt(0.3 / 0.7 / static_cast<double>(rows)));
}

TEST_CASE("a network learns, and says how it does", "[backpropagation]") {
    Matrix<float> inputs = test::random_matrix<float>(90, 4, 7);
    auto const labels = test::labels_in_turn(90, 3);
    for (std::size_t i = 0; i < 90; ++i) inputs(i, labels[i]) += 4; // three overlapping clusters
    MLP network = test::random_network(test::softmax_network(4, {8}, 3), 0.1, 1);
    double const before = error_rate(network, MatrixSource{inputs}, labels);
    Random random{1};
    FitReport const report = Backpropagation{Sgd{.learning_rate = 0.2, .momentum = 0.9}}.fit(
        network, on_layers<0, 1>(inputs, OneHot{labels, 3}), {.epochs = 60, .batch_size = 10}, random,
        ClassifierMonitor{MatrixSource{inputs}, labels, {}, "training"});
    double const after = error_rate(network, MatrixSource{inputs}, labels);
    CHECK(before > 0.5);
    CHECK(after < 0.05);
    REQUIRE(report.metrics.size() == 2);
    CHECK(report.metrics[0].name == "training_cross_entropy");
    CHECK(report.metrics[0].value == Approx(cross_entropy(network, MatrixSource{inputs}, labels)).margin(0.05));
    CHECK(report.metrics[1].name == "training_error_percent");
    CHECK(report.metrics[1].value == Approx(100 * after));
}

TEST_CASE("the report of a network's training tells how its inputs were binarised", "[backpropagation]") {
    Matrix<double> const inputs = test::random_matrix<double>(9, 6, 3);
    auto const labels = test::labels_in_turn(9, 3);
    Backpropagation const recipe{Sgd{}};
    for (Binarisation const how : {Binarisation::none, Binarisation::stochastic, Binarisation::fixed}) {
        MLP<double> network = small();
        Random random{1};
        test::Recorder recorder;
        auto const data = on_layers<0, 1>(Binarised{MatrixSource{inputs}, how}, OneHot{labels, 3});
        auto const report = recipe.fit(network, data, {.epochs = 1}, random, recorder);
        CHECK(report.binarisation == how);
        CHECK(recorder.last.binarisation == how);
    }
}

TEST_CASE("a training of a network is the same for any number of threads", "[backpropagation]") {
    Matrix<float> const inputs = test::random_matrix<float>(103, 40, 7);
    auto const labels = test::labels_in_turn(103, 4);
    auto const trained = [&](std::size_t threads) {
        MLP network = test::random_network(test::softmax_network({30, {10}}, {70, 20}, 4), 0.1, 1);
        Random random{1};
        Backpropagation{Sgd{.learning_rate = 0.1, .momentum = 0.5},
                        Dropout{.input = 0.2, .beside = 0.1, .hidden = 0.5}}
            .fit(network, on_layers<0, 1>(inputs, OneHot{labels, 4}),
                 {.epochs = 3, .batch_size = 25, .compute = {.threads = threads, .block_rows = 7}}, random);
        return to_arrays(network);
    };
    CHECK(test::same(trained(1), trained(2)));
    CHECK(test::same(trained(1), trained(5)));
}

TEST_CASE("a training of a network goes on to the bit, from the middle of an epoch too", "[backpropagation]") {
    Matrix<float> const inputs = test::random_matrix<float>(45, 6, 7);
    auto const labels = test::labels_in_turn(45, 3);
    auto const data = on_layers<0, 1>(inputs, OneHot{labels, 3});
    Backpropagation const recipe{Sgd{.learning_rate = 0.1, .momentum = 0.5}, Dropout{.hidden = 0.5}};
    FitOptions const options{.epochs = 4, .batch_size = 10};
    auto const start = test::random_network(test::softmax_network(6, {7}, 3), 0.3, 1);

    MLP unbroken = start;
    Random random{1};
    auto const report = recipe.fit(unbroken, data, options, random);

    for (std::size_t const batches : {5u, 7u}) {
        MLP first = start;
        auto session = recipe.bind(first);
        Random again{1};
        session.fit(data, options, again, StopWhen{test::AfterBatches{batches}});
        Arrays const state = to_arrays(session);

        MLP second = test::softmax_network(6, {7}, 3);
        auto resumed = recipe.bind(second);
        from_arrays(state, resumed);
        Random third{9};
        auto const rest = resumed.fit(data, options, third);
        CHECK(test::same(to_arrays(unbroken), to_arrays(second)));
        CHECK(rest.metrics[0].value == report.metrics[0].value);
    }
}

TEST_CASE("a trial whose gradient is not finite spoils no other one", "[backpropagation]") {
    Matrix<float> const inputs = test::random_matrix<float>(30, 4, 7);
    Matrix<float> const large = 1e12f * inputs; // so large that trials overflow
    auto const labels = test::labels_in_turn(30, 3);
    auto const check = [&](auto const& optimizer) {
        auto const fit = [&](auto& session, Matrix<float> const& cases, std::size_t epochs) {
            Random random{1};
            session.fit(on_layers<0, 1>(cases, OneHot{labels, 3}), {.epochs = epochs, .batch_size = 30}, random);
        };
        auto network = test::random_network(test::softmax_network<Rectified>(4, {8, 8}, 3), 0.5, 1);
        auto session = Backpropagation{optimizer}.bind(network);
        fit(session, large, 1);
        auto other = network;
        auto fresh = Backpropagation{optimizer}.bind(other);
        from_arrays(to_arrays(session), fresh);
        auto const before = test::parameters_of(network);
        fit(session, inputs, 5);
        fit(fresh, inputs, 5);
        CHECK(test::parameters_of(network) != before);
        CHECK(test::parameters_of(network) == test::parameters_of(other));
    };
    SECTION("conjugate gradients") { check(ConjugateGradient{}); }
    SECTION("limited-memory BFGS") { check(Lbfgs{}); }
}

TEST_CASE("a training of a network says what it cannot take, and changes nothing", "[backpropagation]") {
    with_data([&](auto const& inputs, auto const& labels, auto const& data) {
        MLP<double> network = small();
        auto const before = test::parameters_of(network);
        Random random{1};
        Backpropagation const recipe{Sgd{}};
        Matrix<double> narrow = xt::zeros<double>({9, 4});
        CHECK_THROWS_AS(recipe.fit(network, on_layers<0, 1>(narrow, OneHot{labels, 3}), {}, random), ShapeError);
        CHECK_THROWS_AS(recipe.fit(network, on_layers<0, 1>(inputs, OneHot{labels, 4}), {}, random), ShapeError);
        Matrix<double> broken = inputs;
        broken(8, 1) = std::nan("");
        CHECK_THROWS_WITH(recipe.fit(network, on_layers<0, 1>(broken, OneHot{labels, 3}), {}, random),
                          contains_text("nan in row 8, column 1"));
        CHECK_THROWS_WITH(recipe.fit(network, data, {.batch_size = 0}, random), contains_text("batch_size is 0"));
        CHECK_THROWS_WITH((Backpropagation{Sgd{}, Dropout{.hidden = 1.0}}.bind(network)),
                          contains_text("hidden begins at 1"));
        CHECK(test::parameters_of(network) == before);
        CHECK(random.split().key() == Random{1}.split().key());
    });
}

TEST_CASE("line searches on chunks train a network, to the bit for any number of threads and after a resume",
          "[backpropagation]") {
    Matrix<float> inputs = test::random_matrix<float>(90, 4, 7);
    auto const labels = test::labels_in_turn(90, 3);
    for (std::size_t i = 0; i < 90; ++i) inputs(i, labels[i]) += 4;
    auto const data = on_layers<0, 1>(inputs, OneHot{labels, 3});
    auto const check = [&](auto const& optimizer) {
        auto const start = test::random_network(test::softmax_network(4, {8}, 3), 0.1, 1);
        Backpropagation const recipe{optimizer};
        auto const fit = [&](auto& session, std::size_t epochs, std::size_t threads) {
            Random random{1};
            return session.fit(
                data, {.epochs = epochs, .batch_size = 45, .compute = {.threads = threads, .block_rows = 8}}, random);
        };
        auto unbroken = start;
        auto session = recipe.bind(unbroken);
        auto const report = fit(session, 12, 1);
        CHECK(error_rate(unbroken, MatrixSource{inputs}, labels) < 0.05);
        // The loss that is reported is that after the searches.
        CHECK(report.metrics[0].value == Approx(cross_entropy(unbroken, MatrixSource{inputs}, labels)).margin(0.05));
        auto parallel = start;
        auto other = recipe.bind(parallel);
        static_cast<void>(fit(other, 12, 3));
        CHECK(test::same(to_arrays(parallel), to_arrays(unbroken)));
        auto first = start;
        auto half = recipe.bind(first);
        static_cast<void>(fit(half, 5, 1));
        auto second = start;
        auto resumed = recipe.bind(second);
        from_arrays(to_arrays(half), resumed);
        static_cast<void>(fit(resumed, 12, 1));
        CHECK(test::same(to_arrays(second), to_arrays(unbroken)));
    };
    check(ConjugateGradient{});
    check(Lbfgs{});
}

} // namespace test_backpropagation
