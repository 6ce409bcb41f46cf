// SPDX-License-Identifier: MIT
#include <boltz/pretraining/greedy_pretraining.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/callback/stop_when.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/evaluation/features/compact_features.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/pretraining/compose.hpp>
#include <boltz/pretraining/doubled_input.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/parallel_tempering.hpp>
#include <boltz/training/trainer.hpp>

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_greedy_pretraining {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli>;

Sgd const sgd{.learning_rate = 0.1, .momentum = 0.5};
FitOptions const options{.epochs = 3, .batch_size = 5};

Stack<float> two_rbms() {
    return Stack{test::randomised(RBM{Binary{9}, Binary{5}}, 0.3, 0.1, 1),
                 test::randomised(RBM{Binary{5}, Binary{4}}, 0.3, 0.1, 2)};
}

/// Binary units that cannot be drawn from their means.
struct Coin : Bernoulli {
    static constexpr std::string_view name = "coin";
    void draw() const = delete;
};

/// Remembers of each case the states that stand for it, drawn afresh at each presentation.
struct Drawn {
    CompactMatrix means;
    [[nodiscard]] std::size_t rows() const { return means.rows(); }
    [[nodiscard]] std::size_t columns() const { return means.columns(); }
    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        means.load(indices, out, draws);
        Bernoulli{}.draw(Block<T const>{out}, out, draws);
    }
};

} // namespace

TEST_CASE("a plain stack of two is its RBMs trained one after the other, to the bit") {
    auto const data = test::bars<float>(3);
    for (PretrainingInput const input : {PretrainingInput::means, PretrainingInput::sampled}) {
        auto stack = two_rbms();
        Random random{5};
        FitReport const report = GreedyPretraining{ContrastiveDivergence{}, sgd, InputScaling::none, input}.pretrain(
            stack, data, options, random);
        CHECK(report.phase == "pretraining 2");

        // The same by hand.
        auto first = test::randomised(RBM{Binary{9}, Binary{5}}, 0.3, 0.1, 1);
        auto second = test::randomised(RBM{Binary{5}, Binary{4}}, 0.3, 0.1, 2);
        Trainer const trainer{ContrastiveDivergence{}, sgd};
        Random same{5};
        trainer.fit(first, data, options, same);
        auto const means = compact_features<1>(first, data, ExactPosterior{});
        if (input == PretrainingInput::means)
            trainer.fit(second, means, options, same);
        else
            trainer.fit(second, Drawn{means}, options, same);
        CHECK(test::same(test::parameters(stack.rbm(0)), test::parameters(first)));
        CHECK(test::same(test::parameters(stack.rbm(1)), test::parameters(second)));
    }
}

TEST_CASE("labels are learned by the last RBM beside the layer below") {
    auto const data = test::bars<float>(3);
    auto const classes = test::bar_labels(3);
    OneHot const labels{classes, 2};
    auto stack = Stack<float>::with_labels(Binary{9}, Binary{5}, Binary{4}, StochasticLayer<Multinomial>{2});
    Random start{1};
    initialise_weights(stack, 0.3, start);
    Stack<float> const before = stack;
    Random random{5};
    GreedyPretraining{ContrastiveDivergence{}, sgd, InputScaling::none, PretrainingInput::means}.pretrain(
        stack, on_layers<0, 3>(data, labels), options, random);

    BoltzmannMachine<float> first = before.rbm(0);
    BoltzmannMachine<float> second = before.rbm(1);
    Trainer const trainer{ContrastiveDivergence{}, sgd, ExactPosterior{}};
    Random same{5};
    trainer.fit(first, data, options, same);
    trainer.fit(second, SideBySide{compact_features<1>(first, data, ExactPosterior{}), labels}, options, same);
    CHECK(test::same(test::parameters(stack.rbm(0)), test::parameters(first)));
    CHECK(test::same(test::parameters(stack.rbm(1)), test::parameters(second)));
}

TEST_CASE("a stack trained with doubled inputs is composed into what DoubledInput makes") {
    auto const data = test::bars<float>(3);
    auto const classes = test::bar_labels(3);
    auto const check = [&](auto model, auto const& source, bool labels) {
        auto stack = Stack<float>::of_chain(model, labels);
        Random random{5}, same{5};
        DoubledInput{ContrastiveDivergence{}, sgd}.pretrain(model, source, options, random);
        GreedyPretraining{ContrastiveDivergence{}, sgd, InputScaling::doubled}.pretrain(stack, source, options, same);
        CHECK(test::same(to_arrays(compose_dbm(stack)), test::parameters(model)));
        return stack;
    };
    auto const doubled =
        check(test::randomised(DBM{Binary{9}, Binary{5}, Binary{4}, Binary{3}}, 0.3, 0.1, 1), data, false);
    check(test::randomised(DBM{Binary{9}, Binary{5}, Binary{4}, StochasticLayer<Multinomial>{2}}, 0.3, 0.1, 1),
          on_layers<0, 3>(data, OneHot{classes, 2}), true);

    // Plain RBMs are others.
    auto plain =
        Stack<float>::of_chain(test::randomised(DBM{Binary{9}, Binary{5}, Binary{4}, Binary{3}}, 0.3, 0.1, 1));
    Random random{5};
    GreedyPretraining{ContrastiveDivergence{}, sgd}.pretrain(plain, data, options, random);
    CHECK_FALSE(test::same(to_arrays(plain), to_arrays(doubled)));
}

TEST_CASE("the training of a stack that is interrupted and resumed is the unbroken one to the bit") {
    auto const data = test::bars<float>(3);
    GreedyPretraining const recipe{ContrastiveDivergence{}, sgd};
    auto unbroken = two_rbms();
    Random random{7};
    recipe.pretrain(unbroken, data, options, random);
    for (std::size_t const batches : {3u, 6u, 9u}) {
        auto stopped = two_rbms();
        auto first = recipe.bind(stopped);
        Random once{7}, again{7};
        CHECK(first.fit(data, options, once, StopWhen{test::AfterBatches{batches}}).stopped);
        auto fresh = two_rbms();
        auto second = recipe.bind(fresh);
        from_arrays(to_arrays(first), second);
        second.fit(data, options, again);
        CHECK(test::same(to_arrays(fresh), to_arrays(unbroken)));
    }
}

TEST_CASE("plain RBMs have energies, so tempering may train them; scaled ones have none") {
    auto const data = test::bars<float>(3);
    auto stack = two_rbms();
    auto const before = to_arrays(stack);
    Random random{1};
    GreedyPretraining{ParallelTempering{}, sgd}.pretrain(stack, data, {.epochs = 1, .batch_size = 5}, random);
    CHECK_FALSE(test::same(to_arrays(stack), before));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   static_cast<void>(GreedyPretraining{ParallelTempering{}, sgd, InputScaling::doubled}.bind(stack));
               }),
               contains_text("GreedyPretraining: the negative phase needs an energy"));
}

TEST_CASE("a stack is not trained on what does not fit, and stays as it was") {
    auto const data = test::bars<float>(3);
    auto const labels = test::bar_labels(3);
    GreedyPretraining const recipe{ContrastiveDivergence{}, sgd};
    auto labelled = Stack<float>::with_labels(Binary{9}, Binary{5}, Binary{4}, StochasticLayer<Multinomial>{2});
    auto plain = two_rbms();
    auto const refusal = [&]<class E>(std::type_identity<E>, Stack<float>& stack, auto const& cases) {
        auto const before = to_arrays(stack);
        Random random{1};
        auto const message = boltz_test::message_of<E>([&] { recipe.pretrain(stack, cases, options, random); });
        CHECK(test::same(to_arrays(stack), before));
        return message;
    };
    std::type_identity<ValueError> const value;
    std::type_identity<ShapeError> const shape;
    CHECK_THAT(refusal(value, labelled, data), contains_text("data on layers 0 and 3"));
    CHECK_THAT(refusal(value, labelled, on_layers<0, 2>(data, OneHot{labels, 2})),
               contains_text("data on layers 0 and 3"));
    CHECK_THAT(refusal(value, plain, on_layers<0, 2>(data, OneHot{labels, 2})),
               contains_text("on layer 0 of the stack and no other"));
    CHECK_THAT(refusal(shape, plain, test::bars<float>(2)), contains_text("4 columns"));
    // Labels, too, before the first RBM is trained.
    CHECK_THAT(refusal(shape, labelled, on_layers<0, 3>(data, OneHot{labels, 3})),
               contains_text("3 columns, but layer 3 has 2 units"));
    Matrix<float> two = xt::ones<float>({data.shape(0), std::size_t{2}});
    CHECK_THAT(refusal(value, labelled, on_layers<0, 3>(data, two)), contains_text("data of layer 3"));

    Stack coins{StochasticLayer<Bernoulli>{9}, StochasticLayer<Coin>{5}, StochasticLayer<Coin>{4}};
    CHECK_THAT(refusal(value, coins, data),
               contains_text("GreedyPretraining: input is sampled, but coin units cannot draw from their means"));
    Random random{1};
    GreedyPretraining{ContrastiveDivergence{}, sgd, InputScaling::none, PretrainingInput::means}.pretrain(
        coins, data, {.epochs = 1}, random);

    PretrainingStage<ContrastiveDivergence, Sgd> const stage{ContrastiveDivergence{}, sgd, {}};
    GreedyPretraining const one{ContrastiveDivergence{}, sgd, InputScaling::none, PretrainingInput::sampled,
                                std::vector{stage}};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(one.bind(plain)); }),
               contains_text("GreedyPretraining: there are 1 stages, but 2 RBMs to train"));
}

} // namespace test_greedy_pretraining
