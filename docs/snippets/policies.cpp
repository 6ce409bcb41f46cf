// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/policies.md: an optimizer, a sampling policy and an inference policy of one's own.

#include "require.hpp"

#include <boltz/boltz.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <span>
#include <utility>

// [optimizer]
/// Adagrad (Duchi, Hazan & Singer 2011): each parameter has a rate that falls with the squares of its gradients.
struct Adagrad {
    boltz::Schedule learning_rate = 0.05; ///< for all parameters
    double smoothing = 1e-6;              ///< added to the root of the sum of squares

    template <boltz::concepts::Parametric M>
    class Session;

    template <boltz::concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        return Session<M>{*this, model};
    }
};

template <boltz::concepts::Parametric M>
class Adagrad::Session {
  public:
    Session(Adagrad const& policy, M const& model) : policy_{policy}, squares_{model.make_gradient()} {}

    void step(M& model, typename M::Gradient& gradient, boltz::Clock const& clock, boltz::Executor& executor) {
        double const rate = policy_.learning_rate(clock);
        model.for_each_parameter(
            [&]<class T>(boltz::Parameter, std::span<T> values, std::span<T> squares, std::span<T> slope) {
                executor.for_each_block(values.size(), 4096, [&](std::size_t first, std::size_t count) {
                    for (std::size_t i = first; i < first + count; ++i) {
                        squares[i] += slope[i] * slope[i];
                        values[i] += static_cast<T>(rate) * slope[i] /
                                     (std::sqrt(squares[i]) + static_cast<T>(policy_.smoothing));
                    }
                });
            },
            squares_, gradient);
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("squares", squares_);
    }

  private:
    Adagrad policy_;
    typename M::Gradient squares_; // zeros at first
};
// [optimizer]

// [sampling]
/// Persistent chains, some of which begin anew at a case of the batch after each update.
struct RestartingChains {
    std::size_t chains = 100;  ///< independent chains
    double probability = 0.01; ///< with which a chain begins anew

    template <boltz::concepts::Field F>
    class Session;

    template <boltz::concepts::Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        return Session<F>{*this, field};
    }
};

template <boltz::concepts::Field F>
class RestartingChains::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(RestartingChains const& policy, F const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()} {}

    boltz::Phase<T, depth> sample(F const& field, boltz::StateBlocks<T, depth> const& posterior,
                                  boltz::Draws const& draws, boltz::Clock const&, boltz::Executor& executor) {
        auto const all = chains_.blocks();
        executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
            auto const states = row_range(all, first, count);
            boltz::Draws const own = draws.from_row(first); // rows are named by the chain, not by the block
            restart(field, posterior, states, first, own.stream(0));
            gibbs_half_sweep(field, states, boltz::Parity::odd, own.stream(1));
            gibbs_half_sweep(field, states, boltz::Parity::even, own.stream(1));
        });
        started_ = 1;
        return {all, {}}; // every number is a state: Moment::state
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive("started", started_);
        archive.nested("chains", chains_);
    }

  private:
    // Only the even layers matter: the first half-sweep draws the odd ones from them.
    void restart(F const& field, boltz::StateBlocks<T, depth> const& posterior,
                 boltz::StateBlocks<T, depth> const& states, std::size_t first, boltz::Draws const& draws) const {
        for (std::size_t i = 0; i < states[0].rows; ++i) {
            double uniform = 0;
            draws.uniform(i, 0, std::span{&uniform, 1});
            if (started_ == 1 && uniform >= policy_.probability) continue;
            std::size_t const chosen = (first + i) % posterior[0].rows;
            draw_posterior(field, row_range(posterior, chosen, 1), row_range(states, i, 1), boltz::Parity::even,
                           draws.stream(1).from_row(i));
        }
    }

    RestartingChains policy_;
    boltz::States<T, depth> chains_;
    std::uint64_t started_ = 0;
};
// [sampling]

// [inference]
/// Mean-field in a fixed number of sweeps: all odd layers at once, then all even ones.
struct AlternatingMeanField {
    std::size_t sweeps = 10; ///< each updates every unobserved layer once

    template <boltz::concepts::Field F>
    class Session {
      public:
        explicit Session(std::size_t sweeps) : sweeps_{sweeps} {}

        boltz::InferenceReport infer(F const& field,
                                     boltz::StateBlocks<typename F::value_type, F::depth> const& states,
                                     boltz::Observed<F::depth> const& observed, boltz::Executor& executor) const {
            executor.for_each_block(states[0].rows, [&](std::size_t first, std::size_t count) {
                auto const block = row_range(states, first, count);
                for (std::size_t l = 0; l < F::depth; ++l) // what is not observed begins at zeros
                    if (!observed[l])
                        for (std::size_t i = 0; i < count; ++i) std::ranges::fill(block[l].row(i), 0);
                for (std::size_t k = 0; k < sweeps_; ++k)
                    for (std::size_t parity : {1u, 0u}) update(field, block, observed, parity);
            });
            return {.sweeps = sweeps_, .residual = 0, .converged = true};
        }

      private:
        static void update(F const& field, boltz::StateBlocks<typename F::value_type, F::depth> const& states,
                           boltz::Observed<F::depth> const& observed, std::size_t parity) {
            [&]<std::size_t... L>(std::index_sequence<L...>) {
                auto const layer = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
                    if (observed[I] || I % 2 != parity) return;
                    field.template input<I>(states, states[I]);
                    field.template layer<I>().unit().mean(states[I]);
                };
                (layer(std::integral_constant<std::size_t, L>{}), ...);
            }
            (std::make_index_sequence<F::depth>{});
        }

        std::size_t sweeps_;
    };

    template <boltz::concepts::Field F>
    [[nodiscard]] Session<F> bind(F const&) const {
        return Session<F>{sweeps};
    }
};
// [inference]

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
    static_assert(concepts::Optimizer<Adagrad, Machine> && concepts::SamplingPolicy<RestartingChains, Machine> &&
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
    Trainer{PersistentCD{.steps = 2},
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
