// SPDX-License-Identifier: MIT
#include <boltz/pretraining/doubled_input.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/data/subset.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <xtensor/xview.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace test_doubled_input {

using namespace boltz;

namespace {

Sgd const sgd{.learning_rate = 0.1, .momentum = 0.5};
DoubledInput const recipe{ContrastiveDivergence{}, sgd};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// Looks at the end of each epoch whether a model is still what it was.
template <class Watched>
struct Watch {
    Watched const* watched;
    Arrays const* expected;
    bool same = true;
    template <class M>
    void on_epoch_end(M const&, TrainingInfo const&) {
        same = same && test::same(test::parameters(*watched), *expected);
    }
};
template <class Watched>
Watch(Watched const*, Arrays const*) -> Watch<Watched>;

} // namespace

TEST_CASE("an RBM alone is trained plain, to the bit as by Trainer") {
    auto const data = test::bars<float>(3);
    auto const start = test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1);
    auto pretrained = start;
    auto trained = start;
    Random first{3};
    Random second{3};
    recipe.pretrain(pretrained, data, {.epochs = 3, .batch_size = 5}, first);
    Trainer{ContrastiveDivergence{}, sgd}.fit(trained, data, {.epochs = 3, .batch_size = 5}, second);
    CHECK(test::same(test::parameters(pretrained), test::parameters(trained)));
}

TEST_CASE("the upper RBM learns from the doubled up-pass of the lower one") {
    auto const data = test::bars<double>(2);
    auto const start = test::randomised(test::bernoulli_dbm<double>(4, 3, 2), 0.7, 0.4, 1);
    FitOptions const options{.epochs = 2, .batch_size = 3};

    auto model = start;
    Random random{5};
    DoubledInput{ContrastiveDivergence{}, sgd, PretrainingInput::means}.pretrain(model, data, options, random);

    // The same by hand.
    auto stack = Stack<double>::of_chain(start);
    Random same_random{5};
    auto const train = [&](auto& rbm, auto const& cases, LayerFactors factors) {
        TrainingSession session{rbm, ContrastiveDivergence{}, sgd, ExactPosterior{}, std::move(factors)};
        session.fit(cases, options, same_random);
    };
    train(stack.rbm(0), data, LayerFactors{{1}, {2}});
    auto const& lower = stack.rbm(0);
    Matrix<double> hidden = xt::zeros<double>({data.shape(0), std::size_t{3}});
    for (std::size_t i = 0; i < data.shape(0); ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            double x = lower.layer(1).bias()(j);
            for (std::size_t k = 0; k < 4; ++k) x += data(i, k) * lower.weights()(k, j);
            hidden(i, j) = sigmoid(2 * x);
        }
    CompactMatrix kept{hidden.shape(0), 3}; // as the means are kept between the two
    kept.store(0, Block{hidden});
    train(stack.rbm(1), kept, LayerFactors{{2}, {1}});

    // Composed as in the paper: outer matrices as they are, biases of the shared layer added.
    auto const& upper = stack.rbm(1);
    auto const close = [](auto const& a, auto const& b) {
        double worst = 0;
        for (std::size_t k = 0; k < a.size(); ++k) worst = std::max(worst, std::abs(a.data()[k] - b.data()[k]));
        return worst < 1e-9;
    };
    CHECK(close(model.weights(0), lower.weights()));
    CHECK(close(model.weights(1), upper.weights()));
    CHECK(close(model.layer<0>().bias(), lower.layer(0).bias()));
    CHECK(close(model.layer<2>().bias(), upper.layer(1).bias()));
    Vector<double> const shared = lower.layer(1).bias() + upper.layer(0).bias();
    CHECK(close(model.layer<1>().bias(), shared));
}

TEST_CASE("each RBM is a phase of its own for callbacks") {
    auto const data = test::bars<float>(2);
    auto model = test::randomised(test::four_layers<float>(), 0.1, 0, 1);
    Matrix<float> const three = xt::view(data, xt::all(), xt::range(0, 3));
    test::Recorder recorder;
    Random random{1};
    auto const report = recipe.pretrain(model, three, {.epochs = 2, .batch_size = 4}, random, recorder);
    CHECK(recorder.phases == std::vector<std::string>{"pretraining 1", "pretraining 2", "pretraining 3"});
    CHECK(recorder.train_ends == 3);
    CHECK(recorder.epochs.size() == 6);
    CHECK(recorder.batches.size() == 12);
    CHECK(report.phase == "pretraining 3");
    CHECK_FALSE(report.stopped);
    REQUIRE(report.metrics.size() == 1);
    CHECK(report.metrics[0].name == "reconstruction_error");
    CHECK(report.metrics[0].value > 0);
    CHECK(report.metrics[0].value < 0.5);
}

TEST_CASE("RBMs may have epochs, rates and steps of their own") {
    auto const data = test::bars<float>(2);
    auto const start = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 0.1, 0, 1);
    using Stage = PretrainingStage<ContrastiveDivergence, Sgd>;
    Stage const still{ContrastiveDivergence{}, Sgd{.learning_rate = 0}, 1};
    Stage const moving{ContrastiveDivergence{.sweeps = 3}, sgd, {}};
    auto model = start;
    test::Recorder recorder;
    Random random{1};
    DoubledInput{ContrastiveDivergence{}, Sgd{}, PretrainingInput::sampled, std::vector{still, moving}}.pretrain(
        model, data, {.epochs = 3, .batch_size = 100}, random, recorder);
    CHECK(recorder.epochs.size() == 4);
    CHECK((model.weights(0) == start.weights(0)));
    CHECK((model.weights(1) != start.weights(1)));

    auto const one = DoubledInput{ContrastiveDivergence{}, Sgd{}, PretrainingInput::sampled, std::vector{still}};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { one.pretrain(model, data, {}, random); }),
               contains_text("1 stages") && contains_text("2 RBMs"));
}

TEST_CASE("labels on the top layer are learned beside the layer below it") {
    auto const data = test::bars<float>(3);
    auto const labels = test::bar_labels(3);
    DBM const shape{test::layer<Bernoulli, float>(9), test::layer<Bernoulli, float>(8),
                    test::layer<Bernoulli, float>(6), test::layer<Multinomial, float>(2)};
    auto model = test::randomised(shape, 0.01, 0, 1);
    test::Recorder recorder;
    Random random{1};
    recipe.pretrain(model, on_layers<0, 3>(data, OneHot{labels, 2}), {.epochs = 500, .batch_size = 16}, random,
                    recorder);
    CHECK(recorder.phases == std::vector<std::string>{"pretraining 1", "pretraining 2"});
    double largest = 0;
    for (float const w : model.weights(2)) largest = std::max(largest, std::abs(static_cast<double>(w)));
    CHECK(largest > 0.1);
}

TEST_CASE("pretraining starts from the parameters of the model and changes it once all RBMs are trained") {
    auto const data = test::bars<float>(2);
    auto model = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 0.5, 0.5, 1);
    Arrays const before = test::parameters(model);
    Watch watch{&std::as_const(model), &before};
    Random random{1};
    recipe.pretrain(model, data, {.epochs = 2, .batch_size = 4}, random, watch);
    CHECK(watch.same);
    CHECK_FALSE(test::same(test::parameters(model), before));
}

TEST_CASE("pretraining refuses data that does not fit before it changes anything") {
    auto model = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 0.5, 0.5, 1);
    Arrays const before = test::parameters(model);
    Random random{1};
    Matrix<float> const wide = xt::zeros<float>({3, 5});
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] { recipe.pretrain(model, wide, {}, random); }),
               contains_text("5 columns") && contains_text("4 units"));
    Matrix<float> bad = xt::zeros<float>({3, 4});
    bad(2, 1) = 2;
    CHECK_THROWS_AS(recipe.pretrain(model, bad, {}, random), ValueError);
    CHECK_THROWS_AS(recipe.pretrain(model, Matrix<float>(xt::zeros<float>({0, 4})), {}, random), ValueError);
    CHECK(test::same(test::parameters(model), before));
}

TEST_CASE("the reconstruction error of pretraining is left out when no cases are to be monitored") {
    auto const data = test::bars<float>(2);
    auto model = test::randomised(test::bernoulli_dbm<float>(4, 3, 2), 0.5, 0.5, 1);
    auto quiet = recipe;
    quiet.monitored_cases = 0;
    auto watched = model;
    Random first{1};
    Random second{1};
    CHECK(quiet.pretrain(model, data, {.epochs = 1}, first).metrics.empty());
    CHECK(recipe.pretrain(watched, data, {.epochs = 1}, second).metrics.size() == 1);
    CHECK(test::same(test::parameters(model), test::parameters(watched)));
}

namespace {

// Ends each RBM at its second epoch.
struct SecondEpoch {
    template <class M>
    Stop on_epoch_end(M const&, TrainingInfo const& info) const {
        return info.clock.epoch == 2 ? Stop::phase : Stop::no;
    }
};

} // namespace

TEST_CASE("a stop of the phase ends one RBM, and the machine is put together") {
    auto dbm = test::randomised(test::bernoulli_dbm<float>(), 0.1, 0.1, 3);
    auto const before = test::parameters(dbm);
    Matrix<float> const data = xt::ones<float>({std::size_t{6}, dbm.sizes()[0]});
    Random random{1};
    FitReport const report = recipe.pretrain(dbm, data, {.epochs = 50, .batch_size = 2}, random, SecondEpoch{});
    CHECK(report.clock.epoch == 2);
    CHECK(report.phase == "pretraining " + std::to_string(dbm.depth - 1));
    CHECK_FALSE(test::same(before, test::parameters(dbm)));
}

TEST_CASE("an upper RBM is shown what the lower one was, but for what is drawn afresh") {
    Matrix<float> const grey = xt::ones<float>({std::size_t{4}, std::size_t{3}}) * 0.9f;
    std::vector<std::size_t> const order{0, 1, 2, 3};
    Matrix<float> seen = xt::zeros<float>({4, 3});
    auto const shows = [&](auto const& source, float value) {
        MeansOf{source}.load(order, Block{seen}, Draws::from_seed(1));
        return std::all_of(seen.begin(), seen.end(), [&](float x) { return x == value; });
    };
    CHECK(shows(MatrixSource{grey}, 0.9f));
    CHECK(shows(Binarised{MatrixSource{grey}, Binarisation::stochastic}, 0.9f));
    CHECK(shows(Binarised{MatrixSource{grey}, Binarisation::threshold}, 1.0f));
    CHECK(shows(Subset{Binarised{MatrixSource{grey}, Binarisation::stochastic}, order}, 0.9f));
    Matrix<float> const left = xt::ones<float>({std::size_t{4}, std::size_t{1}}) * 0.9f;
    Matrix<float> const right = xt::ones<float>({std::size_t{4}, std::size_t{2}}) * 0.9f;
    CHECK(shows(SideBySide{Binarised{MatrixSource{left}, Binarisation::stochastic},
                           Binarised{MatrixSource{right}, Binarisation::stochastic}},
                0.9f));
}

} // namespace test_doubled_input
