// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/policies.md: an optimizer, a negative phase, an inference and a model of one's own.

#include "require.hpp"

#include <boltz/boltz.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

// [optimizer]
/// Adagrad (Duchi, Hazan & Singer 2011): each parameter has a rate that falls with the squares of its gradients.
struct Adagrad {
    boltz::Schedule learning_rate = 0.05; ///< for all parameters
    double smoothing = 1e-6;              ///< added to the root of the sum of squares

    template <std::floating_point T>
    class Session;

    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(boltz::AnyParametric<T> const& model) const {
        return Session<T>{*this, model};
    }
};

template <std::floating_point T>
class Adagrad::Session final : public boltz::OptimizerSession<T> {
  public:
    Session(Adagrad const& policy, boltz::AnyParametric<T> const& model)
        : policy_{policy}, squares_{model.make_gradient()} {}

    void step(boltz::AnyParametric<T>& model, boltz::ParameterSet<T>& gradient, boltz::Clock const& clock,
              boltz::Executor& executor) override {
        double const rate = policy_.learning_rate(clock);
        model.for_each_parameter(
            [&]<class N>(boltz::Parameter, std::span<N> values, std::span<N> squares, std::span<N> slope) {
                executor.for_each_block(values.size(), 4096, [&](std::size_t first, std::size_t count) {
                    for (std::size_t i = first; i < first + count; ++i) {
                        squares[i] += slope[i] * slope[i];
                        values[i] += static_cast<N>(rate) * slope[i] /
                                     (std::sqrt(squares[i]) + static_cast<N>(policy_.smoothing));
                    }
                });
            },
            squares_, gradient);
    }

    void archive(boltz::Archive& archive) override { archive.nested("squares", squares_); }

  private:
    Adagrad policy_;
    boltz::ParameterSet<T> squares_; // zeros at first
};
// [optimizer]

// [negative]
/// Persistent chains, some of which begin anew at a case of the batch after each update.
struct RestartingChains {
    std::size_t chains = 100;  ///< independent chains
    double probability = 0.01; ///< with which a chain begins anew

    template <std::floating_point T>
    class Session;

    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(boltz::AnyField<T> const& field) const {
        return Session<T>{*this, field};
    }
};

template <std::floating_point T>
class RestartingChains::Session final : public boltz::NegativePhaseSession<T> {
  public:
    Session(RestartingChains const& policy, boltz::AnyField<T> const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()} {}

    boltz::Phase<T> const& sample(boltz::AnyField<T> const& field, boltz::StatesView<T const> posterior,
                                  boltz::LayerSet, boltz::Draws const& draws, boltz::Clock const&,
                                  boltz::Executor& executor) override {
        auto const all = chains_.blocks();
        std::size_t const colours = field.graph().colours();
        executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
            auto const states = all.row_range(first, count);
            boltz::Draws const own = draws.from_row(first); // rows are named by the chain, not by the block
            restart(field, posterior, states, first, own.stream(0));
            for (std::size_t colour = colours; colour-- > 0;) gibbs_update(field, states, colour, own.stream(1));
        });
        started_ = 1;
        phase_.refer(all, boltz::Moment::state); // every number is a state
        return phase_;
    }

    void archive(boltz::Archive& archive) override {
        archive("started", started_);
        archive.nested("chains", chains_);
    }

  private:
    // The highest colour need not begin anew: the first update draws its layers from all others.
    void restart(boltz::AnyField<T> const& field, boltz::StatesView<T const> posterior, boltz::StatesView<T> states,
                 std::size_t first, boltz::Draws const& draws) const {
        for (std::size_t i = 0; i < states.rows(); ++i) {
            double uniform = 0;
            draws.uniform(i, 0, std::span{&uniform, 1});
            if (started_ == 1 && uniform >= policy_.probability) continue;
            std::size_t const chosen = (first + i) % posterior.rows();
            for (std::size_t colour = 0; colour + 1 < field.graph().colours(); ++colour)
                draw_posterior(field, posterior.row_range(chosen, 1), states.row_range(i, 1), colour,
                               draws.stream(1).from_row(i));
        }
    }

    RestartingChains policy_;
    boltz::States<T> chains_;
    boltz::Phase<T> phase_;
    std::uint64_t started_ = 0;
};
// [negative]

// [inference]
/// Mean-field in a fixed number of sweeps: all layers of one colour at once.
struct AlternatingMeanField {
    std::size_t sweeps = 10; ///< each updates every unobserved layer once

    template <std::floating_point T>
    class Session final : public boltz::InferenceSession<T> {
      public:
        explicit Session(std::size_t sweeps) : sweeps_{sweeps} {}

        boltz::InferenceReport infer(boltz::AnyField<T> const& field, boltz::StatesView<T> states,
                                     boltz::LayerSet observed, boltz::Executor& executor) override {
            executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
                auto const block = states.row_range(first, count);
                for (std::size_t l = 0; l < field.layers(); ++l) // what is not observed begins at zeros
                    if (!observed[l])
                        for (std::size_t i = 0; i < count; ++i) std::ranges::fill(block[l].row(i), T{0});
                for (std::size_t k = 0; k < sweeps_; ++k)
                    for (std::size_t colour = field.graph().colours(); colour-- > 0;)
                        mean_update(field, block, block, colour, observed);
            });
            return {.sweeps = sweeps_, .residual = 0, .converged = true};
        }

      private:
        std::size_t sweeps_;
    };

    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(boltz::AnyField<T> const&) const {
        return Session<T>{sweeps};
    }
};
// [inference]

// [model]
/// A restricted machine on a ring of binary sites that treats all of them alike: `filters` hidden units a site, each
/// with weights to the site and to the `width` - 1 sites after it. Its parameters are those of one site.
class RingRbm final : public boltz::AnyModel<float> {
  public:
    using boltz::AnyParametric<float>::weight_block; // the forms for reading stay visible beside those below
    using boltz::AnyParametric<float>::bias_span;

    RingRbm(std::size_t sites, std::size_t width, std::size_t filters)
        : graph_{boltz::LayerGraph::chain({sites, sites * filters})}, weights_{xt::zeros<float>({width, filters})},
          biases_{xt::zeros<float>({std::size_t{1}}), xt::zeros<float>({filters})} {}

    // AnyField: the layers, their units, and the natural parameters of each given the other.
    boltz::LayerGraph const& graph() const noexcept override { return graph_; }
    boltz::AnyUnit<float> const& unit(std::size_t) const override { return unit_; }
    void input(std::size_t layer, boltz::StatesView<float const> states, boltz::Block<float> out,
               boltz::Factors const& factors = {}) const override {
        auto const& bias = biases_[layer];
        auto const keep = static_cast<float>(factors.keep), of_bias = static_cast<float>(factors.bias);
        for (std::size_t i = 0; i < out.rows; ++i)
            for (std::size_t j = 0; j < out.columns; ++j) {
                float const kept = keep == 0 ? 0 : keep * out(i, j);
                out(i, j) = kept + of_bias * bias(j % bias.size());
            }
        auto const factor = static_cast<float>(layer == 1 ? factors.below : factors.above);
        if (factor == 0 || !factors.among[1 - layer]) return; // the other layer must not be read
        boltz::Block<float const> const other = states[1 - layer];
        for_each_link([&](std::size_t v, std::size_t h, std::size_t d, std::size_t k) {
            for (std::size_t i = 0; i < out.rows; ++i)
                if (layer == 1)
                    out(i, h) += factor * other(i, v) * weights_(d, k);
                else
                    out(i, v) += factor * other(i, h) * weights_(d, k);
        });
    }

    // AnyModel: gradient = keep * gradient + factor * sum over the rows of -dE/d(parameter).
    void accumulate(boltz::Phase<float> const& phase, boltz::Accumulation how, boltz::ParameterSet<float>& gradient,
                    boltz::Executor&) const override {
        auto const keep = [&](auto& numbers) {
            for (float& x : numbers) x = how.keep == 0 ? 0 : static_cast<float>(how.keep) * x;
        };
        keep(gradient.weights[0]), keep(gradient.biases[0]), keep(gradient.biases[1]);
        auto const factor = static_cast<float>(how.factor);
        auto const states = phase.states();
        for (std::size_t i = 0; i < phase.rows; ++i) {
            for_each_link([&](std::size_t v, std::size_t h, std::size_t d, std::size_t k) {
                gradient.weights[0](d, k) += factor * states[0](i, v) * states[1](i, h);
            });
            for (std::size_t l = 0; l < 2; ++l)
                for (std::size_t j = 0; j < graph_.size(l); ++j)
                    gradient.biases[l](j % biases_[l].size()) += factor * states[l](i, j);
        }
    }

    // AnyParametric: the parameters as blocks and spans, of any shape.
    std::vector<boltz::Connection> const& weight_connections() const noexcept override {
        return graph_.connections();
    }
    boltz::Block<float> weight_block(std::size_t) override { return boltz::Block{weights_}; }
    std::size_t parameter_layers() const noexcept override { return 2; }
    std::span<float> bias_span(std::size_t layer) override { return {biases_[layer].data(), biases_[layer].size()}; }
    void archive(boltz::Archive& archive) override {
        archive("weights_0", weights_);
        for (std::size_t l = 0; l < 2; ++l) archive("bias_" + std::to_string(l), biases_[l]);
    }

  private:
    // Visible site v, hidden unit h (filter k of some site), and the distance d between the sites.
    template <class F>
    void for_each_link(F&& f) const {
        std::size_t const sites = graph_.size(0), filters = weights_.shape(1);
        for (std::size_t site = 0; site < sites; ++site)
            for (std::size_t d = 0; d < weights_.shape(0); ++d)
                for (std::size_t k = 0; k < filters; ++k) f((site + d) % sites, site * filters + k, d, k);
    }

    boltz::LayerGraph graph_;
    boltz::UnitAdapter<boltz::Bernoulli, float> unit_{boltz::Bernoulli{}};
    boltz::Matrix<float> weights_;
    std::array<boltz::Vector<float>, 2> biases_;
};
// [model]

namespace {

double mean_of(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

int main() {
    using namespace boltz;
    auto const problem = bars_and_stripes(3);

    // [use]
    using Layer = StochasticLayer<Bernoulli>;
    using Machine = DBM<Layer, Layer, Layer>;
    static_assert(concepts::Optimizer<Adagrad, Machine> && concepts::NegativePhase<RestartingChains, Machine> &&
                  concepts::InferencePolicy<AlternatingMeanField, Machine>);

    Random random{3};
    Machine dbm{Layer{9}, Layer{12}, Layer{6}};
    initialise_weights(dbm, 0.1, random);
    Trainer const trainer{RestartingChains{}, Adagrad{.learning_rate = 0.1}, AlternatingMeanField{.sweeps = 8}};
    trainer.fit(dbm, problem.cases, {.epochs = 3000, .batch_size = 16}, random);
    // [use]
    double const log_likelihood = mean_of(exact_log_likelihood(dbm, problem.cases));
    std::printf("%.3f of at most %.3f\n", log_likelihood, problem.negative_entropy());
    require(log_likelihood > -9 * std::log(2.0) + 1, "the policies learn");

    // [wrappers]
    Machine untrained{Layer{9}, Layer{12}, Layer{6}};
    initialise_weights(untrained, 0.05, random); // no pretraining
    Trainer{PersistentCD{.sweeps = 2},
            Sparse{Centred{Sgd{.learning_rate = 0.1}}, {{.layer = 1, .target = 0.3, .cost = 0.01}}},
            MeanField{.max_sweeps = 20}}
        .fit(untrained, problem.cases, {.epochs = 2000, .batch_size = 16}, random);
    // [wrappers]
    require(mean_of(exact_log_likelihood(untrained, problem.cases)) > -9 * std::log(2.0) + 1,
            "centred, a deep machine learns from random weights");

    // [resume]
    // One training of 20 epochs, and one of 10 that is archived and goes on in another session.
    auto const train = [&](Machine& model, std::size_t epochs, Arrays const& from) {
        Random seed{5};
        auto session = trainer.bind(model);
        if (!from.empty()) from_arrays(from, session);
        session.fit(problem.cases, {.epochs = epochs, .batch_size = 6}, seed);
        return to_arrays(session);
    };
    Machine whole = dbm, half = dbm, rest = dbm;
    train(whole, 20, {});
    Arrays const half_way = train(half, 10, {});
    train(rest, 20, half_way);
    bool const the_same = whole.weights(0) == rest.weights(0) && whole.weights(1) == rest.weights(1);
    // [resume]
    require(the_same, "an archived session goes on to the bit");

    // [threads]
    auto const with_threads = [&](std::size_t threads) {
        Machine model = dbm;
        Random seed{5};
        trainer.fit(model, problem.cases, {.epochs = 5, .compute = {.threads = threads, .block_rows = 4}}, seed);
        return model.weights(0);
    };
    bool const independent = with_threads(1) == with_threads(3);
    // [threads]
    require(independent, "the number of threads does not matter");

    // [ring]
    Matrix<float> arcs = xt::zeros<float>({std::size_t{8}, std::size_t{8}}); // three neighbours are 1, at any site
    for (std::size_t i = 0; i < 8; ++i)
        for (std::size_t d = 0; d < 3; ++d) arcs(i, (i + d) % 8) = 1;

    RingRbm ring{8, 4, 2}; // 8 sites, 2 filters of width 4: 11 parameters
    initialise_weights(ring, 0.1, random);
    Trainer{PersistentCD{}, Sgd{.learning_rate = 0.05}}.fit(ring, arcs, {.epochs = 3000, .batch_size = 8}, random);
    double const of_arcs = mean_of(exact_log_likelihood(ring, arcs));
    States<float> const samples = sample(ring, {.chains = 100}, random);
    // [ring]
    std::printf("%.3f of at most %.3f\n", of_arcs, -std::log(8.0));
    require(of_arcs > -8 * std::log(2.0) + 1 && of_arcs < -std::log(8.0), "a model of one's own learns");
    require(samples.rows() == 100, "and is sampled");

    // [executor]
    Matrix<float> table = xt::zeros<float>({std::size_t{1000}, std::size_t{8}});
    Executor executor{Compute{.threads = 4, .block_rows = 100}};
    executor.for_each_block(1000, [&](std::size_t first, std::size_t count) { // ten blocks, on four threads
        auto const rows = Block{table}.row_range(first, count);
        Draws const draws = Draws::from_seed(1).from_row(first); // numbers are named by the row of the table
        for (std::size_t i = 0; i < count; ++i) draws.uniform(i, 0, rows.row(i));
    });
    // [executor]
    float number = 0;
    Draws::from_seed(1).uniform(250, 3, std::span{&number, 1});
    require(table(250, 3) == number, "a number does not depend on the block in which it is drawn");
}
