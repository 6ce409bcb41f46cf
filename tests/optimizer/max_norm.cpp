// SPDX-License-Identifier: MIT
#include <boltz/optimizer/averaged.hpp>
#include <boltz/optimizer/max_norm.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/small_models.hpp"
#include "support/trainings.hpp"

#include <boltz/data/one_hot.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/adam.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/backpropagation.hpp>
#include <boltz/training/trainer.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cmath>

namespace test_max_norm {

using namespace boltz;

namespace {

double column_norm(Matrix<float> const& weights, std::size_t j) {
    double sum = 0;
    for (std::size_t i = 0; i < weights.shape(0); ++i)
        sum += static_cast<double>(weights(i, j)) * static_cast<double>(weights(i, j));
    return std::sqrt(sum);
}

/// An optimizer without steps by parts.
struct Whole {
    template <class T>
    class Session final : public OptimizerSession<T> {
      public:
        explicit Session(AnyParametric<T> const& model) : inner_{Sgd{.learning_rate = 0.5}.bind(model)} {}
        void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                  Executor& executor) override {
            inner_.step(model, gradient, clock, executor);
        }
        void archive(Archive& archive) override { inner_.archive(archive); }

      private:
        Sgd::Session<T> inner_;
    };
    template <class T>
    Session<T> bind(AnyParametric<T> const& model) const {
        return Session<T>{model};
    }
};

} // namespace

TEST_CASE("longer columns are scaled to the norm, shorter ones stay as the inner optimizer left them",
          "[optimizer]") {
    auto const start = test::random_network(test::softmax_network(30, {200}, 5), 0.3, 1);
    auto plain = start;
    auto bounded = start;
    auto gradient = plain.make_gradient();
    Executor executor{Compute{.threads = 3}};
    Sgd{}.bind(plain).step(plain, gradient, Clock{}, executor); // a step of nothing
    double const norm = 1.6;
    MaxNorm{Sgd{}, norm}.bind(bounded).step(bounded, gradient, Clock{}, executor);
    std::size_t longer = 0;
    for (std::size_t l = 0; l < 2; ++l)
        for (std::size_t j = 0; j < plain.sizes()[l + 1]; ++j) {
            double const before = column_norm(plain.weights(l), j);
            longer += before > norm ? 1 : 0;
            for (std::size_t i = 0; i < plain.sizes()[l]; ++i)
                if (before > norm)
                    CHECK(bounded.weights(l)(i, j) == Approx(plain.weights(l)(i, j) * norm / before));
                else
                    CHECK(bounded.weights(l)(i, j) == plain.weights(l)(i, j));
        }
    CHECK(longer > 20);
    CHECK(longer < 185);
    CHECK_THROWS_WITH((MaxNorm{Sgd{}, 0.0}.bind(plain)), contains_text("norm is 0"));
}

TEST_CASE("trainings with a bound on norms keep to it, by parts and whole, for any number of threads",
          "[optimizer]") {
    auto const data = test::bars<float>(3);
    auto const trained = [&](auto const& optimizer, std::size_t threads) {
        RBM rbm{StochasticLayer<Bernoulli>{9}, StochasticLayer<Bernoulli>{6}};
        rbm = test::randomised(rbm, 1.5, 0.1, 1);
        Random random{1};
        Trainer{ContrastiveDivergence{}, optimizer}.fit(
            rbm, data, {.epochs = 5, .batch_size = 4, .compute = {.threads = threads, .block_rows = 2}}, random);
        for (std::size_t j = 0; j < 6; ++j) CHECK(column_norm(rbm.weights(), j) < 2 * (1 + 1e-6));
        return to_arrays(rbm);
    };
    auto const by_parts = trained(MaxNorm{Sgd{.learning_rate = 0.5}, 2.0}, 1);
    CHECK(test::same(by_parts, trained(MaxNorm{Sgd{.learning_rate = 0.5}, 2.0}, 3)));
    CHECK(test::same(trained(MaxNorm{Whole{}, 2.0}, 1), trained(MaxNorm{Whole{}, 2.0}, 3)));
    CHECK(test::same(by_parts, trained(MaxNorm{Whole{}, 2.0}, 1)));
    static_cast<void>(trained(Averaged{MaxNorm{Adam{.learning_rate = 0.1}, 2.0}}, 2));
}

TEST_CASE("an average is the mean of the parameters after each update that counts, after a resume too",
          "[optimizer]") {
    Matrix<float> const inputs = test::random_matrix<float>(40, 6, 7);
    auto const labels = test::labels_in_turn(40, 3);
    auto const data = on_layers<0, 1>(inputs, OneHot{labels, 3});
    auto const start = test::random_network(test::softmax_network(6, {7}, 3), 0.3, 1);
    struct Sum {
        std::vector<double> total;
        std::size_t count = 0;
        void on_batch_end(MLP<float> const& model, TrainingInfo const& info) {
            if (info.clock.update <= 8) return; // epochs 0 and 1
            auto const now = test::parameters_of(model);
            total.resize(now.size());
            for (std::size_t i = 0; i < now.size(); ++i) total[i] += now[i];
            ++count;
        }
    } sum;
    Backpropagation const recipe{Averaged{Sgd{.learning_rate = 0.5}, 2}};
    auto model = start;
    auto session = recipe.bind(model);
    Random random{1};
    FitOptions const options{.epochs = 5, .batch_size = 10};
    session.fit(data, options, random, sum);
    auto const end = to_arrays(model);
    CHECK(session.optimizer().count() == 12);
    session.optimizer().write_average(model);
    auto const average = test::parameters_of(model);
    for (std::size_t i = 0; i < average.size(); ++i) CHECK(average[i] == Approx(sum.total[i] / 12).margin(1e-6));

    auto first = start;
    auto half = recipe.bind(first);
    Random again{1};
    half.fit(data, {.epochs = 3, .batch_size = 10}, again);
    auto second = start;
    auto resumed = recipe.bind(second);
    from_arrays(to_arrays(half), resumed);
    resumed.fit(data, options, again);
    CHECK(test::same(to_arrays(second), end));
    resumed.optimizer().write_average(second);
    CHECK(test::same(to_arrays(second), to_arrays(model)));

    auto early = recipe.bind(first);
    CHECK_THROWS_WITH(early.optimizer().write_average(first), contains_text("first_epoch is 2"));
}

} // namespace test_max_norm
