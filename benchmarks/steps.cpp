// SPDX-License-Identifier: MIT

/// @file
/// Steps of training, sampling and inference by each product engine, beside the bare matrix products they need.
///
/// `benchmark_steps --all` adds the other steps of the large layers, and them at 10 and 1000 rows; all other
/// arguments are Google Benchmark's.

#include "support.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace boltz;
using namespace bench;

/// One update after another on the same batch, each what a training does for a batch: it follows
/// `TrainingSession::step`.
template <concepts::Model M, class Recipe>
class TrainingStep {
    static constexpr std::size_t depth = M::depth;
    using Field = Prepared<M>;
    using Inferrer = decltype(std::declval<Recipe const&>().inference.bind(std::declval<Field const&>()));
    using Sampler = decltype(std::declval<Recipe const&>().sampling.bind(std::declval<Field const&>()));
    using Optimization = decltype(std::declval<Recipe const&>().optimizer.bind(std::declval<M const&>()));

  public:
    TrainingStep(M const& model, Recipe const& recipe, std::size_t batch, Setting setting)
        : model_{model}, prepared_{model_}, executor_{{.threads = setting.threads, .block_rows = setting.block_rows}},
          inference_{recipe.inference.bind(prepared_)}, sampler_{recipe.sampling.bind(prepared_)},
          optimizer_{recipe.optimizer.bind(std::as_const(model_))}, update_{model_},
          data_{images(batch, model_.sizes()[0])}, posterior_{batch, model_.sizes()}, order_(batch) {
        Random random{1};
        initialise_weights(model_, 0.01, random);
        choose(prepared_, setting.engine);
        prepared_.refresh(executor_);
        for (std::size_t i = 0; i < batch; ++i) order_[i] = i;
    }
    TrainingStep(TrainingStep const&) = delete;
    TrainingStep& operator=(TrainingStep const&) = delete;

    void operator()() {
        Draws const draws = Draws::from_seed(1).stream(clock_.update);
        auto const posterior = posterior_.blocks();
        MatrixSource const source{data_};
        executor_.for_each_block(order_.size(), [&](std::size_t first, std::size_t count) {
            source.load(std::span{order_}.subspan(first, count), posterior[0].row_range(first, count),
                        draws.stream(0).from_row(first));
        });
        inference_.infer(prepared_, posterior, Observed<depth>{true}, executor_);
        Phase<float, depth> data_phase{posterior, {}};
        for (std::size_t l = 1; l < depth; ++l) data_phase.moments[l] = Moment::mean;
        auto const model_phase = sampler_.sample(prepared_, posterior, draws.stream(1), clock_, executor_);
        update_.apply(data_phase, model_phase, model_, prepared_, optimizer_, clock_, executor_);
        ++clock_.update;
    }

  private:
    M model_;
    Field prepared_;
    Executor executor_;
    Inferrer inference_;
    Sampler sampler_;
    Optimization optimizer_;
    boltz::detail::Update<M> update_;
    Matrix<float> data_;
    States<float, depth> posterior_;
    std::vector<std::size_t> order_;
    Clock clock_;
};

/// Inference or sampling by a model prepared beforehand: `make(prepared)` gives what is called with states and an
/// executor.
template <concepts::Model M, class Make>
class FieldStep {
    using Run = std::invoke_result_t<Make const&, Prepared<M> const&>;

  public:
    FieldStep(M const& model, std::size_t rows, Setting setting, Make const& make)
        : model_{model}, prepared_{model_}, executor_{{.threads = setting.threads, .block_rows = setting.block_rows}},
          run_{make(prepared_)} {
        Random random{1};
        initialise_weights(model_, 0.01, random);
        choose(prepared_, setting.engine);
        prepared_.refresh(executor_);
        states_ = sample(model_, {.count = rows, .sweeps = 1}, random);
    }
    FieldStep(FieldStep const&) = delete;
    FieldStep& operator=(FieldStep const&) = delete;

    void operator()() { run_(states_.blocks(), executor_); }

  private:
    M model_;
    Prepared<M> prepared_;
    Executor executor_;
    States<float, M::depth> states_;
    Run run_;
};

/// A step that can be made for any engine and number of threads.
struct Subject {
    std::string name;
    std::vector<Product> products;
    std::function<Step(Setting)> make;
};

template <class S>
Step shared(std::shared_ptr<S> step) {
    return [step = std::move(step)] { (*step)(); };
}

template <concepts::Model M, class Recipe>
std::function<Step(Setting)> training(M const& model, Recipe const& recipe, std::size_t batch) {
    return [=](Setting setting) {
        return shared(std::make_shared<TrainingStep<M, Recipe>>(model, recipe, batch, setting));
    };
}

template <concepts::Model M, class Make>
std::function<Step(Setting)> by_field(M const& model, std::size_t rows, Make const& make) {
    return [=](Setting setting) { return shared(std::make_shared<FieldStep<M, Make>>(model, rows, setting, make)); };
}

struct Sizes {
    std::size_t visible, hidden, top;
};

std::string rows_named(std::string const& what, std::size_t rows) { return '/' + what + ':' + std::to_string(rows); }

RBM<BinaryLayer, BinaryLayer> rbm(Sizes const& n) { return RBM{BinaryLayer{n.visible}, BinaryLayer{n.hidden}}; }
std::string rbm_name(Sizes const& n) { return '/' + std::to_string(n.visible) + '-' + std::to_string(n.hidden); }

DBM<BinaryLayer, BinaryLayer, BinaryLayer> dbm(Sizes const& n) {
    return DBM{BinaryLayer{n.visible}, BinaryLayer{n.hidden}, BinaryLayer{n.top}};
}
std::string dbm_name(Sizes const& n) { return rbm_name(n) + '-' + std::to_string(n.top); }

Subject contrastive_divergence(Sizes const& n, std::size_t batch, double k) {
    return {"cd_" + std::to_string(static_cast<int>(k)) + rbm_name(n) + rows_named("batch", batch),
            {up(batch, n.visible, n.hidden, 1 + k), down(batch, n.visible, n.hidden, k),
             statistics(batch, n.visible, n.hidden, 2)},
            training(rbm(n),
                     Trainer{ContrastiveDivergence{.steps = k},
                             Sgd{.learning_rate = 0.01, .momentum = 0.9, .weight_decay = 1e-4}},
                     batch)};
}

Subject persistent_cd(Sizes const& n, std::size_t batch) {
    return {"pcd_1" + rbm_name(n) + rows_named("batch", batch),
            {up(batch, n.visible, n.hidden, 2), down(batch, n.visible, n.hidden),
             statistics(batch, n.visible, n.hidden, 2)},
            training(rbm(n),
                     Trainer{PersistentCD{.chains = batch},
                             Sgd{.learning_rate = 0.01, .momentum = 0.9, .weight_decay = 1e-4}},
                     batch)};
}

Subject joint(Sizes const& n, std::size_t batch, std::size_t sweeps, std::size_t gibbs) {
    constexpr std::size_t chains = 100;
    auto const mean_fields = static_cast<double>(sweeps);
    auto const steps = static_cast<double>(gibbs);
    return {"joint_" + std::to_string(sweeps) + '_' + std::to_string(gibbs) + dbm_name(n) +
                rows_named("batch", batch),
            {up(batch, n.visible, n.hidden), up(batch, n.hidden, n.top, 1 + mean_fields),
             down(batch, n.hidden, n.top, mean_fields), up(chains, n.visible, n.hidden, steps),
             down(chains, n.visible, n.hidden, steps), up(chains, n.hidden, n.top, steps),
             down(chains, n.hidden, n.top, steps), statistics(batch, n.visible, n.hidden),
             statistics(batch, n.hidden, n.top), statistics(chains, n.visible, n.hidden),
             statistics(chains, n.hidden, n.top)},
            training(dbm(n),
                     Trainer{PersistentCD{.chains = chains, .steps = steps},
                             Sgd{.learning_rate = 0.001, .momentum = 0.9, .weight_decay = 1e-4},
                             MeanField{.max_sweeps = sweeps, .tolerance = 0}},
                     batch)};
}

Subject mean_field(Sizes const& n, std::size_t batch) {
    constexpr std::size_t sweeps = 10;
    return {"mean_field_10" + dbm_name(n) + rows_named("batch", batch),
            {up(batch, n.visible, n.hidden), up(batch, n.hidden, n.top, 1.0 + sweeps),
             down(batch, n.hidden, n.top, sweeps)},
            by_field(dbm(n), batch, [](auto const& field) {
                return [&field, session = MeanField{.max_sweeps = sweeps, .tolerance = 0}.bind(field)](
                           auto const& states, Executor& executor) mutable {
                    session.infer(field, states, {true, false, false}, executor);
                };
            })};
}

Subject gibbs_sweep(Sizes const& n, std::size_t chains) {
    return {"gibbs_sweep" + dbm_name(n) + rows_named("chains", chains),
            {up(chains, n.visible, n.hidden), down(chains, n.visible, n.hidden), up(chains, n.hidden, n.top),
             down(chains, n.hidden, n.top)},
            by_field(dbm(n), chains, [](auto const& field) {
                return [&field, sweep = std::size_t{0}](auto const& states, Executor& executor) mutable {
                    gibbs_sweeps(field, states, 1, Draws::from_seed(2).stream(sweep++), executor);
                };
            })};
}

/// Enough rounds for a median of short steps; three of those that take a second.
benchmark::IterationCount rounds(std::vector<Product> const& products) {
    return std::clamp<benchmark::IterationCount>(static_cast<benchmark::IterationCount>(2e10 / operations(products)),
                                                 3, 100);
}

/// Compares a setting of a step with another one; `counter` is the other's time / its own.
void add(std::string const& name, Subject const& subject, Setting setting, std::string const& counter,
         Setting other) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [=](benchmark::State& state) {
                                     if (std::string const reason = without(setting.engine); !reason.empty())
                                         return state.SkipWithError(reason.c_str());
                                     Reference reference;
                                     if (!counter.empty()) reference = {counter, subject.make(other)};
                                     measure(state, subject.products, setting.threads, subject.make(setting),
                                             reference);
                                 })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(rounds(subject.products));
}

std::string named(std::string const& name, Setting setting) {
    return name + '/' + to_string(setting.engine) + rows_named("threads", setting.threads);
}

/// One worker takes a batch of 100 at once, which suits OpenBLAS best; two take half of it each.
void add_engines(Subject const& subject) {
    for (std::size_t const threads : {1u, 2u})
        for (Engine const engine : engines) {
            std::size_t const block_rows = threads == 1 ? 128 : 64;
            add(named(subject.name, {engine, threads}), subject, {engine, threads, block_rows},
                engine == Engine::blas ? "" : "times_blas_step", {Engine::blas, threads, block_rows});
        }
}

/// Two, four, ... workers and one for each processor, beside one worker.
void add_scaling(Subject const& subject) {
    std::size_t const most = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::size_t> counts;
    for (std::size_t threads = 2; threads < most; threads *= 2) counts.push_back(threads);
    if (most > 1) counts.push_back(most);
    for (Engine const engine : engines)
        for (std::size_t const threads : counts)
            add(named("scaling/" + subject.name, {engine, threads}), subject, {engine, threads}, "times_one_thread",
                {engine, 1});
}

void add_all(bool everything) {
    constexpr Sizes small{784, 500, 1000}, large{3072, 5000, 1000};
    for (Sizes const& sizes : {small, large})
        for (std::size_t const rows : {10u, 100u, 1000u}) {
            bool const brief = sizes.visible == large.visible && !everything;
            if (brief && rows != 100) continue;
            add_engines(contrastive_divergence(sizes, rows, 1));
            add_engines(joint(sizes, rows, 10, 5));
            add_engines(mean_field(sizes, rows));
            add_engines(gibbs_sweep(sizes, rows));
            if (brief) continue;
            add_engines(contrastive_divergence(sizes, rows, 10));
            add_engines(persistent_cd(sizes, rows));
            add_engines(joint(sizes, rows, 5, 1));
        }
    add_scaling(contrastive_divergence(small, 100, 1));
    add_scaling(contrastive_divergence(small, 1000, 1));
    add_scaling(joint(small, 100, 10, 5));
    add_scaling(gibbs_sweep(small, 1000));
}

} // namespace

int main(int argc, char** argv) {
    char** const end = std::remove_if(argv, argv + argc, [](char* word) { return std::strcmp(word, "--all") == 0; });
    int count = static_cast<int>(end - argv);
    add_all(count < argc);
    benchmark::Initialize(&count, argv);
    if (benchmark::ReportUnrecognizedArguments(count, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
}
