// SPDX-License-Identifier: MIT
#include <boltz/model/stack.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace test_model_stack {

using namespace boltz;

namespace {

auto bernoulli(std::size_t size) { return test::layer<Bernoulli>(size); }
auto labels(std::size_t size) { return test::layer<Multinomial>(size); }

} // namespace

TEST_CASE("a stack has an RBM for each two neighbouring layers") {
    Stack const stack{bernoulli(4), bernoulli(3), test::layer<Gaussian>(2)};
    CHECK(stack.size() == 2);
    CHECK(stack.layers() == 3);
    CHECK(stack.sizes() == std::vector<std::size_t>{4, 3, 2});
    CHECK_FALSE(stack.has_labels());
    CHECK(stack.rbm(0).graph().sizes() == std::vector<std::size_t>{4, 3});
    CHECK(stack.rbm(1).graph().sizes() == std::vector<std::size_t>{3, 2});
    CHECK(stack.hidden_unit(1).name() == "gaussian");
    CHECK_THROWS_WITH(stack.label_weights(), contains_text("no labels"));

    std::vector<std::unique_ptr<AnyLayer<float>>> layers;
    layers.push_back(std::make_unique<StochasticLayer<Bernoulli>>(4));
    layers.push_back(std::make_unique<StochasticLayer<Bernoulli>>(3));
    CHECK(Stack{layers}.sizes() == std::vector<std::size_t>{4, 3});
}

TEST_CASE("labels of a stack stand beside the layer below the last RBM") {
    auto const stack = Stack<double>::with_labels(bernoulli(4), bernoulli(3), bernoulli(2), labels(5));
    CHECK(stack.size() == 2);
    CHECK(stack.sizes() == std::vector<std::size_t>{4, 3, 2, 5});
    CHECK(stack.rbm(1).graph().sizes() == std::vector<std::size_t>{8, 2});
    CHECK(stack.visible_unit(1)->name() == "bernoulli");
    CHECK(stack.label_unit()->name() == "multinomial");
    CHECK(stack.weights(1).rows == 3);
    CHECK(stack.label_weights().rows == 5);
    CHECK(stack.label_bias().size() == 5);
    CHECK(Stack<double>::with_labels(bernoulli(4), bernoulli(3), labels(5)).size() == 1);
}

TEST_CASE("a stack of a chain starts from the chain's parameters") {
    DBM const shape{bernoulli(3), bernoulli(2), bernoulli(4), labels(3)};
    auto const model = test::randomised(shape, 1, 1, 5);
    auto const stack = Stack<double>::of_chain(model, true);
    auto const& top = stack.rbm(1);
    CHECK((stack.rbm(0).weights() == model.weights(0)));
    REQUIRE(top.graph().sizes() == std::vector<std::size_t>{5, 4});
    for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t k = 0; k < 2; ++k) CHECK(top.weights()(k, j) == model.weights(1)(k, j));
        for (std::size_t k = 0; k < 3; ++k) CHECK(top.weights()(2 + k, j) == model.weights(2)(j, k));
        CHECK(top.layer(1).bias()(j) == model.layer<2>().bias()(j));
    }
    for (std::size_t k = 0; k < 3; ++k) CHECK(top.layer(0).bias()(2 + k) == model.layer<3>().bias()(k));
    for (std::size_t k = 0; k < 3; ++k) CHECK(stack.label_weights()(k, 1) == model.weights(2)(1, k));
}

TEST_CASE("a stack is copied and archived whole") {
    Stack stack{test::randomised(RBM{bernoulli(4), bernoulli(3)}, 1, 1, 1),
                test::randomised(RBM{bernoulli(3), bernoulli(2)}, 1, 1, 2)};
    Stack const copied = stack;
    auto const arrays = to_arrays(stack);
    CHECK(arrays.contains("rbm_1/weights_0"));
    CHECK(test::same(to_arrays(copied), arrays));
    stack.rbm(1).weights()(0, 0) = 9;
    CHECK(test::same(to_arrays(copied), arrays));
    CHECK_FALSE(test::same(to_arrays(stack), arrays));
    from_arrays(arrays, stack);
    CHECK(test::same(to_arrays(stack), arrays));
}

TEST_CASE("the weights of a stack are drawn one RBM after the other") {
    Stack stack{bernoulli(4), bernoulli(3), bernoulli(2)};
    auto first = RBM{bernoulli(4), bernoulli(3)};
    auto second = RBM{bernoulli(3), bernoulli(2)};
    Random random{3}, same{3};
    initialise_weights(stack, 0.1, random);
    initialise_weights(first, 0.1, same);
    initialise_weights(second, 0.1, same);
    CHECK((stack.rbm(0).weights() == first.weights()));
    CHECK((stack.rbm(1).weights() == second.weights()));
}

TEST_CASE("what is no stack is refused") {
    auto const rbm = [](std::size_t visible, std::size_t hidden) {
        return RBM{bernoulli(visible), bernoulli(hidden)};
    };
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   Stack stack{rbm(5, 4), rbm(3, 2)};
               }),
               contains_text("RBM 1 of the stack has 3 visible units, but the one below has 4 hidden ones"));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   Stack stack{rbm(5, 4), RBM{test::layer<Gaussian>(4), bernoulli(3)}};
               }),
               contains_text("gaussian visible units") && contains_text("bernoulli, hidden ones"));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   Stack stack{rbm(5, 4), DBM{bernoulli(4), bernoulli(3), bernoulli(2)}};
               }),
               contains_text("machine 1 of the stack has 3 layers"));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   Stack stack{BoltzmannMachine<double>{{{1, 0}}, bernoulli(4), bernoulli(3)}};
               }),
               contains_text("machine 0") && contains_text("layer 0 below layer 1"));
    CHECK_THAT(
        boltz_test::message_of<ValueError>([&] { Stack<double> stack{std::vector<BoltzmannMachine<double>>{}}; }),
        contains_text("no RBMs"));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   Stack<double> stack{std::vector<BoltzmannMachine<double>>{rbm(5, 4), rbm(4, 3)}, true};
               }),
               contains_text("joint visible layer of two parts"));
    BoltzmannMachine<double> const fork{{{0, 2}, {1, 2}}, bernoulli(2), bernoulli(3), bernoulli(4)};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(Stack<double>::of_chain(fork)); }),
               contains_text("no chain"));
    CHECK_THAT(
        boltz_test::message_of<ValueError>([&] { static_cast<void>(Stack<double>::of_chain(rbm(3, 2), true)); }),
        contains_text("there are 2 layers, but must be 3 or more with labels"));
}

} // namespace test_model_stack
