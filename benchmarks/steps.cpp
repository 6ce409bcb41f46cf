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
#include <utility>
#include <vector>

namespace {

using namespace boltz;
using namespace bench;

/// One update after another on the same batch, each what a training does for a batch: it follows
/// `detail::Training::step`.
class TrainingStep {
  public:
    template <class Recipe>
    TrainingStep(BoltzmannMachine<float> const& machine, Recipe const& recipe, std::size_t batch, Setting setting)
        : machine_{machine}, prepared_{machine_}, executor_{{.threads = setting.threads,
                                                             .block_rows = setting.block_rows}},
          inference_{held(recipe.inference.bind(field()))}, sampler_{held(recipe.sampling.bind(field()))},
          optimizer_{held(recipe.optimizer.bind(std::as_const(machine_)))}, update_{machine_},
          data_{images(batch, machine_.sizes()[0])}, posterior_{batch, machine_.sizes()}, order_(batch) {
        Random random{1};
        initialise_weights(machine_, 0.01, random);
        choose(prepared_, setting.engine);
        prepared_.refresh(executor_);
        for (std::size_t i = 0; i < batch; ++i) order_[i] = i;
    }
    TrainingStep(TrainingStep const&) = delete;
    TrainingStep& operator=(TrainingStep const&) = delete;

    void operator()() {
        LayerSet const observed = LayerSet::of(0);
        Draws const draws = Draws::from_seed(1).stream(clock_.update);
        auto const posterior = posterior_.blocks();
        MatrixSource const source{data_};
        executor_.for_each_block(order_.size(), [&](std::size_t first, std::size_t count) {
            source.load(std::span{order_}.subspan(first, count), posterior[0].row_range(first, count),
                        draws.stream(0).from_row(first));
        });
        inference_->infer(field(), posterior, observed, executor_);
        data_phase_.refer(posterior, Moment::mean);
        data_phase_.moments[0] = Moment::state;
        Phase<float> const& model_phase =
            sampler_->sample(field(), posterior, observed, draws.stream(1), clock_, executor_);
        update_.apply(data_phase_, model_phase, machine_, prepared_.packed(), *optimizer_, clock_, executor_);
        ++clock_.update;
    }

  private:
    template <class Session>
    static std::unique_ptr<Session> held(Session session) {
        return std::make_unique<Session>(std::move(session));
    }
    [[nodiscard]] AnyField<float> const& field() const noexcept { return prepared_; }

    BoltzmannMachine<float> machine_;
    Prepared<float> prepared_;
    Executor executor_;
    std::unique_ptr<InferenceSession<float>> inference_;
    std::unique_ptr<NegativePhaseSession<float>> sampler_;
    std::unique_ptr<OptimizerSession<float>> optimizer_;
    boltz::detail::Update<float> update_;
    Matrix<float> data_;
    States<float> posterior_;
    Phase<float> data_phase_;
    std::vector<std::size_t> order_;
    Clock clock_;
};

/// Inference or sampling by a machine prepared beforehand: `make(field)` gives what is called with states and an
/// executor.
class FieldStep {
  public:
    using Run = std::function<void(StatesView<float>, Executor&)>;

    template <class Make>
    FieldStep(BoltzmannMachine<float> const& machine, std::size_t rows, Setting setting, Make const& make)
        : machine_{machine}, prepared_{machine_},
          executor_{{.threads = setting.threads, .block_rows = setting.block_rows}}, run_{make(prepared_)} {
        Random random{1};
        initialise_weights(machine_, 0.01, random);
        choose(prepared_, setting.engine);
        prepared_.refresh(executor_);
        states_ = sample(machine_, {.chains = rows, .sweeps = 1}, random);
    }
    FieldStep(FieldStep const&) = delete;
    FieldStep& operator=(FieldStep const&) = delete;

    void operator()() { run_(states_, executor_); }

  private:
    BoltzmannMachine<float> machine_;
    Prepared<float> prepared_;
    Executor executor_;
    States<float> states_;
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

template <class Recipe>
std::function<Step(Setting)> training(BoltzmannMachine<float> const& machine, Recipe const& recipe,
                                      std::size_t batch) {
    return [=](Setting setting) { return shared(std::make_shared<TrainingStep>(machine, recipe, batch, setting)); };
}

template <class Make>
std::function<Step(Setting)> by_field(BoltzmannMachine<float> const& machine, std::size_t rows, Make const& make) {
    return [=](Setting setting) { return shared(std::make_shared<FieldStep>(machine, rows, setting, make)); };
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
                     Trainer{ContrastiveDivergence{.sweeps = k},
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
                     Trainer{PersistentCD{.chains = chains, .sweeps = steps},
                             Sgd{.learning_rate = 0.001, .momentum = 0.9, .weight_decay = 1e-4},
                             MeanField{.max_sweeps = sweeps, .tolerance = 0}},
                     batch)};
}

Subject mean_field(Sizes const& n, std::size_t batch) {
    constexpr std::size_t sweeps = 10;
    return {"mean_field_10" + dbm_name(n) + rows_named("batch", batch),
            {up(batch, n.visible, n.hidden), up(batch, n.hidden, n.top, 1.0 + sweeps),
             down(batch, n.hidden, n.top, sweeps)},
            by_field(dbm(n), batch, [](AnyField<float> const& field) {
                auto const session = std::make_shared<MeanField::Session<float>>(
                    MeanField{.max_sweeps = sweeps, .tolerance = 0}.bind(field));
                return [&field, session](StatesView<float> states, Executor& executor) {
                    session->infer(field, states, LayerSet::of(0), executor);
                };
            })};
}

Subject gibbs_sweep(Sizes const& n, std::size_t chains) {
    return {"gibbs_sweep" + dbm_name(n) + rows_named("chains", chains),
            {up(chains, n.visible, n.hidden), down(chains, n.visible, n.hidden), up(chains, n.hidden, n.top),
             down(chains, n.hidden, n.top)},
            by_field(dbm(n), chains, [](AnyField<float> const& field) {
                return [&field, sweep = std::size_t{0}](StatesView<float> states, Executor& executor) mutable {
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
