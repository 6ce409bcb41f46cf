// SPDX-License-Identifier: MIT
#include <boltz/io/stack_file.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <limits>
#include <string>

namespace test_stack_file {

using namespace boltz;
using boltz_test::message_of;
using boltz_test::TemporaryFolder;

namespace {

/// Real-valued data with precisions, a joint layer, units of one's own and labels.
Stack<double> mixed() {
    auto stack = Stack<double>::of_chain(
        test::randomised(DBM{test::layer<Gaussian>(3, Gaussian::with_precision({2, 1, 3})),
                             JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(3)}, test::layer<Spin>(4),
                             test::layer<Multinomial>(2)},
                         1, 1, 3),
        true);
    stack.rbm(1) = test::randomised(stack.rbm(1), 1, 1, 4);
    return stack;
}

template <class T>
void check_same(Stack<T> const& back, Stack<T> const& stack) {
    CHECK(back.sizes() == stack.sizes());
    CHECK(back.has_labels() == stack.has_labels());
    for (std::size_t i = 0; i < stack.size(); ++i)
        for (std::size_t l = 0; l < 2; ++l) CHECK(back.rbm(i).unit(l).name() == stack.rbm(i).unit(l).name());
    CHECK(test::same(to_arrays(back), to_arrays(stack)));
}

} // namespace

TEST_CASE("a stack comes back from its file") {
    TemporaryFolder const folder;
    save(folder / "mixed.npz", mixed());
    check_same(load_stack<double>(folder / "mixed.npz", UnitKinds<double>::library().add<Spin>()), mixed());

    using Layer = StochasticLayer<Bernoulli>;
    Stack const plain{test::randomised(RBM{Layer{4}, Layer{3}}, 1, 1, 1),
                      test::randomised(RBM{Layer{3}, Layer{2}}, 1, 1, 2)};
    save(folder / "plain.npz", plain);
    check_same(load_stack(folder / "plain.npz"), plain);
}

TEST_CASE("files that hold no stack are refused") {
    TemporaryFolder const folder;
    auto const path = folder / "stack.npz";
    auto const loading = [&] {
        return message_of<FormatError>([&] { static_cast<void>(load_stack<double>(path)); });
    };
    save(path, test::bernoulli_rbm());
    CHECK_THAT(loading(), contains_text("holds a model \"RBM\", but a Stack is asked for"));

    save(path, mixed());
    CHECK_THAT(loading(), contains_text("RBM 1") && contains_text("\"spin\""));
    CHECK_THAT(message_of<FormatError>([&] { static_cast<void>(load_machine<double>(path)); }),
               contains_text("is a stack of RBMs"));
    CHECK_THAT(message_of<FormatError>([&] { static_cast<void>(load_stack<float>(path)); }),
               contains_text("\"float64\" numbers"));

    // RBMs of another stack than the labels that it is said to have.
    Npz file = read_npz(path);
    std::string const truth = "\"labels\": true";
    std::string& text = file.texts["meta.json"];
    REQUIRE(text.find(truth) != std::string::npos);
    text.replace(text.find(truth), truth.size(), "\"labels\": false");
    write_npz(path, file);
    CHECK_THAT(message_of<FormatError>(
                   [&] { static_cast<void>(load_stack<double>(path, UnitKinds<double>::library().add<Spin>())); }),
               contains_text("RBM 1 of the stack has 7 visible units, but the one below has 5 hidden ones"));

    save(path, mixed());
    file = read_npz(path);
    file.arrays.erase("rbm_0/weights_0");
    write_npz(path, file);
    CHECK_THAT(loading(), contains_text("RBM 0 has no weights_0"));
}

TEST_CASE("a stack with numbers that are not finite is not written") {
    TemporaryFolder const folder;
    auto stack = mixed();
    save(folder / "stack.npz", stack);
    stack.rbm(1).weights()(0, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(message_of<ValueError>([&] { save(folder / "stack.npz", stack); }), contains_text("rbm_1/weights_0"));
    check_same(load_stack<double>(folder / "stack.npz", UnitKinds<double>::library().add<Spin>()), mixed());
}

} // namespace test_stack_file
