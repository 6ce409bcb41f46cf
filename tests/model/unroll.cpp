// SPDX-License-Identifier: MIT
#include <boltz/model/unroll.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/small_models.hpp"

#include <boltz/data/binarised.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/evaluation/features/top_down_inputs.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/model/rbm.hpp>

#include <tuple>

namespace test_unroll {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli, double>;
using Labels = StochasticLayer<Multinomial, double>;

MeanField const converged{.max_sweeps = 5000, .tolerance = 1e-14};

Matrix<double> some_cases() {
    Matrix<double> result = xt::zeros<double>({7, 5});
    for (std::size_t i = 0; i < 7; ++i) Draws::from_seed(5).uniform(i, 0, Block{result}.row(i));
    return result;
}

/// The rows of a source.
template <class S>
Matrix<double> rows_of(S const& source) {
    Matrix<double> result = xt::zeros<double>({source.rows(), source.columns()});
    std::vector<std::size_t> indices(source.rows());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    source.load(indices, Block{result}, Draws::from_seed(0));
    return result;
}

/// Compares the hidden layers of a network with the means that a machine infers, up to layer `hidden`.
template <std::size_t... L, class M>
void check_means(MLP<double> const& network, M const& machine, std::index_sequence<L...>, double tolerance) {
    Matrix<double> const cases = some_cases();
    Matrix<double> const inputs = rows_of(top_down_inputs(machine, cases, converged));
    REQUIRE(inputs.shape(1) == network.inputs());
    Matrix<double> const means = features<L + 1 ...>(machine, cases, converged);
    for (std::size_t i = 0; i < cases.shape(0); ++i) {
        auto const row = Block{inputs}.row(i);
        auto const layers = test::layers_of(network, {row.begin(), row.end()});
        std::size_t column = 0;
        for (std::size_t l = 1; l <= sizeof...(L); ++l)
            for (double const activation : layers[l]) CHECK(std::abs(activation - means(i, column++)) < tolerance);
    }
}

} // namespace

TEST_CASE("an unrolled machine infers what converged mean-field inference does", "[unroll]") {
    Random random{1};
    double const stored = 2e-5; // means beside the layers have 16 bits
    SECTION("one hidden layer") {
        auto const machine = test::randomised(RBM{Binary{5}, Binary{4}}, 0.8, 0.5, 1);
        check_means(unroll(machine, 3, random), machine, std::make_index_sequence<1>{}, 1e-12);
    }
    SECTION("two") {
        auto const machine = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}}, 0.8, 0.5, 2);
        auto const network = unroll(machine, 3, random);
        CHECK(network.beside() == std::vector<std::size_t>{3, 0, 0});
        check_means(network, machine, std::make_index_sequence<2>{}, stored);
    }
    SECTION("three") {
        auto const machine = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}, Binary{2}}, 0.8, 0.5, 3);
        auto const network = unroll(machine, 3, random);
        CHECK(network.beside() == std::vector<std::size_t>{3, 2, 0, 0});
        check_means(network, machine, std::make_index_sequence<3>{}, stored);
    }
}

TEST_CASE("machines that are known when the program runs are unrolled alike, whatever hidden units", "[unroll]") {
    auto const typed = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}, Labels{3}}, 0.8, 0.5, 4);
    BoltzmannMachine<double> const machine = typed;
    CHECK(test::parameters_of(unroll(machine)) == test::parameters_of(unroll(typed)));
    CHECK((rows_of(top_down_inputs(machine, some_cases(), converged)) ==
           rows_of(top_down_inputs(typed, some_cases(), converged))));
    Random random{1};
    CHECK_THROWS_WITH(unroll(machine, 10, random), contains_text("labels on top"));

    using Real = StochasticLayer<Gaussian, double>;
    auto const linear =
        test::randomised(DBM{Binary{5}, Real{4, Gaussian::with_precision({2, 1, 3, 1})}, Binary{3}}, 0.3, 0.5, 2);
    auto const network = unroll(linear, 2, random);
    CHECK(network.hidden(1).name() == "gaussian");
    Matrix<double> const cases = some_cases();
    Matrix<double> const inputs = rows_of(top_down_inputs(linear, cases, converged));
    Matrix<double> const means = features<1, 2>(linear, cases, converged);
    States<double> states{cases.shape(0), network.widths()};
    network.place(Block{inputs}, states);
    for (std::size_t l = 1; l < 3; ++l) network.forward(l, states);
    for (std::size_t i = 0; i < cases.shape(0); ++i) {
        for (std::size_t j = 0; j < 4; ++j) CHECK(std::abs(states[1](i, j) - means(i, j)) < 2e-5);
        for (std::size_t j = 0; j < 3; ++j) CHECK(std::abs(states[2](i, j) - means(i, 4 + j)) < 2e-5);
    }
}

TEST_CASE("machines that no network infers for are refused", "[unroll]") {
    Random random{1};
    BoltzmannMachine<double> const two_visible{{{0, 2}, {1, 2}}, Binary{2}, Binary{3}, Binary{4}};
    CHECK_THROWS_WITH(unroll(two_visible, 2, random), contains_text("a chain"));
    CHECK_THROWS_WITH(top_down_inputs(two_visible, some_cases(), converged), contains_text("a chain"));
    BoltzmannMachine<double> const counts{{{0, 1}}, Binary{5}, Labels{4, Multinomial{2}}};
    CHECK_THROWS_WITH(unroll(counts, 2, random), contains_text("layer 1 has multinomial units"));
    BoltzmannMachine<double> const binary{{{0, 1}, {1, 2}}, Binary{5}, Binary{4}, Binary{3}};
    CHECK_THROWS_WITH(unroll(binary), contains_text("bernoulli units: give the number of classes"));
    CHECK_THROWS_WITH(unroll(std::tie(binary), 2, random), contains_text("has 3 layers"));
}

TEST_CASE("beside pixels that are drawn at each presentation stand the means inferred from their grey values",
          "[unroll]") {
    auto const machine = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}}, 0.8, 0.5, 2);
    Matrix<double> const cases = some_cases();
    MatrixSource const grey{cases};
    Matrix<double> const of_grey = rows_of(top_down_inputs(machine, grey, converged));
    Matrix<double> const of_drawn =
        rows_of(top_down_inputs(machine, Binarised{grey, Binarisation::stochastic}, converged));
    for (std::size_t i = 0; i < of_grey.shape(0); ++i) {
        for (std::size_t j = 0; j < 5; ++j) CHECK((of_drawn(i, j) == 0 || of_drawn(i, j) == 1));
        for (std::size_t j = 5; j < 8; ++j) CHECK(of_drawn(i, j) == of_grey(i, j));
    }
}

TEST_CASE("without inference inner layers of an unrolled machine hear their input from below twice", "[unroll]") {
    Random random{1};
    auto const machine = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}}, 0.8, 0.5, 2);
    auto const network = unroll(machine, 2, random, TopDown::doubled);
    CHECK(network.inputs() == 5);
    Matrix<double> const cases = some_cases();
    auto const row = Block{cases}.row(0);
    auto const layers = test::layers_of(network, {row.begin(), row.end()});
    auto const logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
    for (std::size_t j = 0; j < 4; ++j) {
        double x = machine.layer<1>().bias()(j);
        for (std::size_t i = 0; i < 5; ++i) x += 2 * row[i] * machine.weights(0)(i, j);
        CHECK(layers[1][j] == Approx(logistic(x)));
    }
    for (std::size_t k = 0; k < 3; ++k) {
        double x = machine.layer<2>().bias()(k);
        for (std::size_t j = 0; j < 4; ++j) x += layers[1][j] * machine.weights(1)(j, k);
        CHECK(layers[2][k] == Approx(logistic(x)));
    }
}

TEST_CASE("a stack of RBMs becomes the network of its means, one after the other", "[unroll]") {
    Random random{1};
    auto const first = test::randomised(RBM{Binary{5}, Binary{4}}, 0.8, 0.5, 1);
    auto const second = test::randomised(RBM{Binary{4}, Binary{3}}, 0.8, 0.5, 2);
    auto third = test::randomised(RBM{Binary{3}, Binary{2}}, 0.8, 0.5, 3);
    auto const network = unroll(std::tie(first, second, third), 6, random);
    CHECK(network.sizes() == std::vector<std::size_t>{5, 4, 3, 2, 6});
    CHECK(network.inputs() == 5);
    Matrix<double> const cases = some_cases();
    Matrix<double> const h1 = features<1>(first, cases, ExactPosterior{});
    Matrix<double> const h2 = features<1>(second, h1, ExactPosterior{});
    Matrix<double> const h3 = features<1>(third, h2, ExactPosterior{});
    for (std::size_t i = 0; i < cases.shape(0); ++i) {
        auto const row = Block{cases}.row(i);
        auto const layers = test::layers_of(network, {row.begin(), row.end()});
        for (std::size_t j = 0; j < 4; ++j) CHECK(layers[1][j] == Approx(h1(i, j)));
        for (std::size_t j = 0; j < 3; ++j) CHECK(layers[2][j] == Approx(h2(i, j)));
        for (std::size_t j = 0; j < 2; ++j) CHECK(layers[3][j] == Approx(h3(i, j)));
    }
    Random one{1}, two{1};
    CHECK((unroll(std::tie(third), 6, one).weights(1) == unroll(third, 6, two).weights(1)));
    CHECK_THROWS_WITH(unroll(std::tie(first, third), 6, random),
                      contains_text("RBM 1 of the stack has 3 visible units, but the one below has 4 hidden ones"));
    CHECK_THROWS_WITH(unroll(std::tie(first, second), 0, random), contains_text("classes is 0"));
}

namespace {

using Real = StochasticLayer<Gaussian, double>;

/// Three RBMs of which the topmost has linear hidden units, as those of Hinton & Salakhutdinov (2006).
Stack<double> linear_code() {
    return Stack{test::randomised(RBM{Binary{5}, Binary{4}}, 0.8, 0.5, 1),
                 test::randomised(RBM{Binary{4}, Binary{3}}, 0.8, 0.5, 2),
                 test::randomised(RBM{Binary{3}, Real{2, Gaussian::with_precision({2, 0.5})}}, 0.8, 0.5, 3)};
}

/// The means of a layer of an RBM, 0 or 1, given the other one.
Matrix<double> means_of(BoltzmannMachine<double> const& rbm, std::size_t layer, Matrix<double> const& given) {
    States<double> states{given.shape(0), rbm.sizes()};
    copy<double>(given, states[1 - layer]);
    Matrix<double> result = xt::zeros<double>({given.shape(0), rbm.sizes()[layer]});
    rbm.input(layer, states.blocks(), Block{result});
    rbm.unit(layer).mean(Block{result});
    return result;
}

Matrix<double> outputs(MLP<double> const& network, Matrix<double> const& inputs) {
    Matrix<double> result = xt::zeros<double>({inputs.shape(0), network.outputs()});
    network.means(Block{inputs}, Block{result});
    return result;
}

double largest_difference(Matrix<double> const& a, Matrix<double> const& b) {
    REQUIRE(a.shape() == b.shape());
    double worst = 0;
    for (std::size_t k = 0; k < a.size(); ++k) worst = std::max(worst, std::abs(a.data()[k] - b.data()[k]));
    return worst;
}

} // namespace

TEST_CASE("a stack becomes the network of its RBMs' conditional means, layer by layer", "[unroll]") {
    auto const stack = linear_code();
    Matrix<double> const cases = some_cases();
    std::vector<Matrix<double>> up{cases};
    for (std::size_t i = 0; i < 3; ++i) up.push_back(means_of(stack.rbm(i), 1, up[i]));

    auto const network = encoder(stack);
    CHECK(network.sizes() == std::vector<std::size_t>{5, 4, 3, 2});
    CHECK(network.output().name() == "gaussian");
    States<double> states{cases.shape(0), network.widths()};
    network.place(Block{cases}, states);
    for (std::size_t l = 1; l < 3; ++l) {
        network.forward(l, states);
        Matrix<double> found = zero_matrix<double>(up[l].shape(0), up[l].shape(1));
        copy<double>(states[l], Block{found});
        CHECK(largest_difference(up[l], found) < 1e-12);
    }
    CHECK(largest_difference(outputs(network, cases), up[3]) < 1e-12);

    Random random{1}, same{1};
    auto const classifier = unroll(stack, 6, random);
    CHECK(classifier.sizes() == std::vector<std::size_t>{5, 4, 3, 2, 6});
    CHECK(classifier.hidden(3).name() == "gaussian");
    auto const& a = stack.rbm(0);
    auto const& b = stack.rbm(1);
    auto const& c = stack.rbm(2);
    CHECK(test::parameters_of(classifier) == test::parameters_of(unroll(std::tie(a, b, c), 6, same)));
}

TEST_CASE("the autoencoder of a stack is a pass up and down by means, with transposed weights", "[unroll]") {
    auto const stack = linear_code();
    auto const network = autoencoder(stack);
    CHECK(network.sizes() == std::vector<std::size_t>{5, 4, 3, 2, 3, 4, 5});
    CHECK(network.output().name() == "bernoulli");
    for (std::size_t l = 0; l < 3; ++l) {
        Matrix<double> const& up = network.weights(l);
        Matrix<double> const& down = network.weights(5 - l);
        CHECK(up == stack.rbm(l).weights());
        CHECK(down == xt::transpose(up));
    }
    Matrix<double> means = some_cases();
    for (std::size_t i = 0; i < 3; ++i) means = means_of(stack.rbm(i), 1, means);
    for (std::size_t i = 3; i-- > 0;) means = means_of(stack.rbm(i), 0, means);
    CHECK(largest_difference(outputs(network, some_cases()), means) < 1e-12);

    // One RBM: data, code, data; real data is given back by linear outputs.
    Stack const one{
        test::randomised(RBM{Real{5, Gaussian::with_precision({2, 1, 3, 1, 2})}, Binary{4}}, 0.8, 0.5, 4)};
    CHECK(autoencoder(one).sizes() == std::vector<std::size_t>{5, 4, 5});
    CHECK(largest_difference(outputs(autoencoder(one), some_cases()),
                             means_of(one.rbm(0), 0, means_of(one.rbm(0), 1, some_cases()))) < 1e-12);
}

TEST_CASE("the labels of a stack are the outputs of its network, and no part of encoder or autoencoder", "[unroll]") {
    auto const chain = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}, Labels{3}}, 0.8, 0.5, 4);
    auto const stack = Stack<double>::of_chain(chain, true);
    auto const network = unroll(stack);
    CHECK(network.sizes() == std::vector<std::size_t>{5, 4, 3, 3});
    CHECK(network.classes() == 3);
    // The last RBM's means of labels and of the layer below, given its hidden layer.
    Matrix<double> const h1 = means_of(stack.rbm(0), 1, some_cases());
    Matrix<double> without_labels = xt::zeros<double>({h1.shape(0), std::size_t{7}});
    copy<double>(h1, Block{without_labels}.column_range(0, 4));
    Matrix<double> const h2 = means_of(stack.rbm(1), 1, without_labels);
    Matrix<double> const down = means_of(stack.rbm(1), 0, h2);
    Matrix<double> of_labels = xt::zeros<double>({h1.shape(0), std::size_t{3}});
    Matrix<double> below = xt::zeros<double>({h1.shape(0), std::size_t{4}});
    copy<double>(Block{down}.column_range(4, 3), Block{of_labels});
    copy<double>(Block{down}.column_range(0, 4), Block{below});
    CHECK(largest_difference(outputs(network, some_cases()), of_labels) < 1e-12);
    CHECK(largest_difference(outputs(encoder(stack), some_cases()), h2) < 1e-12);
    CHECK(largest_difference(outputs(autoencoder(stack), some_cases()), means_of(stack.rbm(0), 0, below)) < 1e-12);
}

TEST_CASE("stacks of which no network can be made are refused", "[unroll]") {
    Random random{1};
    Stack const joint{Binary{5}, JointLayer{Binary{2}, Real{2}}, Binary{3}};
    CHECK_THROWS_WITH(unroll(joint, 2, random), contains_text("layer 1 has joint units"));
    CHECK_THROWS_WITH(encoder(joint), contains_text("layer 1 has joint units"));
    CHECK_THROWS_WITH(autoencoder(joint), contains_text("layer 1 has joint units"));
    Stack const counts{Binary{5}, Binary{4}, Labels{3, Multinomial{2}}};
    CHECK_THROWS_WITH(unroll(counts, 2, random), contains_text("layer 2 has multinomial units"));
    CHECK_THROWS_WITH(autoencoder(counts), contains_text("layer 2 has multinomial units"));
    CHECK(encoder(counts).outputs() == 3); // outputs may be of any kind
    auto const labelled = Stack<double>::with_labels(Binary{5}, Binary{4}, Labels{3});
    CHECK_THROWS_WITH(unroll(labelled, 3, random), contains_text("leave classes away"));
    CHECK_THROWS_WITH(unroll(linear_code()), contains_text("no labels"));
    CHECK_THROWS_WITH(unroll(linear_code(), 0, random), contains_text("classes is 0"));
    CHECK_THROWS_WITH(unroll(linear_code(), 2, random, -1), contains_text("deviation is -1"));
}

TEST_CASE("a machine with labels brings its own softmax", "[unroll]") {
    auto const machine = test::randomised(DBM{Binary{5}, Binary{4}, Binary{3}, Labels{3}}, 0.8, 0.5, 4);
    auto const network = unroll(machine);
    CHECK(network.sizes() == std::vector<std::size_t>{5, 4, 3, 3});
    CHECK(network.beside() == std::vector<std::size_t>{3, 0, 0});
    CHECK(network.weights(2) == machine.weights(2));
    for (std::size_t k = 0; k < 3; ++k) CHECK(network.bias(3)(k) == machine.layer<3>().bias()(k));
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 4; ++j) CHECK(network.weights(0)(5 + i, j) == machine.weights(1)(j, i));
}

TEST_CASE("the new softmax of an unrolled machine has normal weights of the deviation asked for", "[unroll]") {
    Random random{1};
    auto const machine = RBM{Binary{5}, Binary{200}};
    auto const network = unroll(machine, 10, random, TopDown::inferred, 0.1);
    double squares = 0;
    for (double const w : network.weights(1)) squares += w * w;
    // 2000 squares: the standard deviation of their mean is 0.01 sqrt(2 / 2000); 4.5 of them, false alarm 7e-6.
    CHECK(std::abs(squares / 2000 - 0.01) < 4.5 * 0.01 * std::sqrt(2.0 / 2000));
    CHECK_THROWS_WITH(unroll(machine, 10, random, TopDown::inferred, -1), contains_text("deviation is -1"));
    CHECK_THROWS_WITH(unroll(machine, 0, random), contains_text("classes is 0"));
}

} // namespace test_unroll
