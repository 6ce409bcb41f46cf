// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/points.hpp"

#include <boltz/data/on_layers.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/optimizer/conjugate_gradient.hpp>
#include <boltz/optimizer/lbfgs.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/parallel_tempering.hpp>
#include <boltz/sampling/persistent_cd.hpp>
#include <boltz/training/backpropagation.hpp>
#include <boltz/unit/rectified.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

// This executable counts what it allocates, on any thread. It is one of its own, as these replace the program's
// operators; the aligned ones are what arrays of vectorised numbers would use.

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc{};
}

void* counted(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    auto const step = static_cast<std::size_t>(alignment);
    if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc{};
}

} // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return counted(size, alignment); }
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    ++allocations;
    return std::malloc(size > 0 ? size : 1);
}
void* operator new[](std::size_t size, std::nothrow_t const& quiet) noexcept { return operator new(size, quiet); }
void operator delete(void* memory, std::nothrow_t const&) noexcept { std::free(memory); }
void operator delete[](void* memory, std::nothrow_t const&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace boltz;

namespace {

// What batches after the first allocate.
template <class M, class Inference, class Sampling>
std::size_t allocated(M const& start, Inference const& inference_policy, Sampling const& sampling,
                      std::size_t threads) {
    using T = typename M::value_type;
    M model = start;
    Executor executor{{.threads = threads, .block_rows = 8}};
    auto inference = inference_policy.bind(model);
    auto sampler = sampling.bind(model);
    auto optimizer = Sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.001}.bind(model);
    auto gradient = model.make_gradient();
    States<T> states{40, model.sizes()};
    auto const observed = LayerSet::of(0);
    Phase<T> data;
    std::size_t before = 0;
    for (std::uint64_t update = 0; update < 4; ++update) {
        if (update == 1) before = allocations;
        Draws const draws = Draws::from_seed(1).stream(update);
        std::size_t const rows = update % 2 == 0 ? 40 : 33;
        auto const blocks = states.blocks().row_range(0, rows);
        model.unit(0).sample(blocks[0], draws.stream(0));
        inference.infer(model, blocks, observed, executor);
        data.refer(blocks, Moment::state);
        Clock const clock{.update = update};
        auto const& phase = sampler.sample(model, blocks, observed, draws.stream(1), clock, executor);
        model.accumulate(data, {.factor = 0.025}, gradient, executor);
        model.accumulate(phase, {.factor = -0.025, .keep = 1}, gradient, executor);
        optimizer.step(model, gradient, clock, executor);
    }
    return allocations - before;
}

// What chunks allocate whose loss is the sum of x^2 / 2 + x^4 / 4 over all parameters.
template <class M, class Policy>
std::size_t allocated_by_chunks(M model, Policy const& policy, std::size_t threads) {
    Executor executor{{.threads = threads}};
    auto session = policy.bind(model);
    auto const loss = [&](ParameterSet<typename M::value_type>& slope) {
        double sum = 0;
        model.for_each_parameter(
            [&](auto, auto values, auto out) {
                for (std::size_t i = 0; i < values.size(); ++i) {
                    auto const square = values[i] * values[i];
                    out[i] = values[i] * (1 + square);
                    sum += square * (0.5 + 0.25 * square);
                }
            },
            slope);
        return sum;
    };
    std::size_t const before = allocations;
    for (std::uint64_t chunk = 0; chunk < 2; ++chunk) session.minimise(model, loss, Clock{.update = chunk}, executor);
    return allocations - before;
}

} // namespace

TEST_CASE("the counter counts", "[allocation]") {
    std::size_t const before = allocations;
    Matrix<float> const matrix = xt::zeros<float>({100, 100});
    CHECK(allocations > before);
    CHECK(matrix(0, 0) == 0);
}

TEST_CASE("after the first batch nothing is allocated", "[allocation]") {
    for (std::size_t const threads : {1u, 3u}) {
        auto const rbm = test::randomised(test::bernoulli_rbm<float>(300, 50), 0.1, 0.1, 1);
        CHECK(allocated(rbm, ExactPosterior{}, ContrastiveDivergence{.sweeps = 2}, threads) == 0);
        CHECK(allocated(rbm, ExactPosterior{}, PersistentCD{.chains = 30}, threads) == 0);
        ParallelTempering const tempering{.chains = 20, .temperatures = 3, .base = ParallelTempering::Base::own};
        CHECK(allocated(rbm, ExactPosterior{}, tempering, threads) == 0);
        auto const gaussian = test::randomised(test::gaussian_dbm<float>(), 0.1, 0.1, 2);
        CHECK(allocated(gaussian, MeanField{}, PersistentCD{.statistics = Statistics::means}, threads) == 0);
        auto const mixed = test::randomised(test::mixed_four_layers<double>(), 0.1, 0.1, 3);
        CHECK(allocated(mixed, MeanField{.damping = 0.2}, ContrastiveDivergence{}, threads) == 0);
        auto const counts = test::randomised(test::mixed_dbm<double>(), 0.1, 0.1, 4);
        CHECK(allocated(counts, MeanField{}, PersistentCD{}, threads) == 0);
    }
}

TEST_CASE("searches on chunks of cases allocate nothing", "[allocation]") {
    for (std::size_t const threads : {1u, 3u}) {
        test::Point<float> const model{2, {1, 2, 3, 4}};
        CHECK(allocated_by_chunks(model, ConjugateGradient{.line_searches = 5, .layer_rates = {1, 0.5}}, threads) ==
              0);
        CHECK(allocated_by_chunks(model, Lbfgs{.line_searches = 5, .history = 2}, threads) == 0);
    }
}

TEST_CASE("after the first batch a training of a network allocates nothing", "[allocation]") {
    Matrix<float> const inputs = xt::ones<float>({100, 30});
    struct Watch {
        std::size_t after_first = 0;
        std::size_t later = 0;
        void on_batch_end(MLP<float> const&, TrainingInfo const& info) {
            (info.clock.batch == 1 ? after_first : later) = allocations;
        }
    };
    auto const allocated = [&](auto const& optimizer, std::size_t threads) {
        MLP network{{20, {10}},
                    HiddenLayer<Bernoulli>{300},
                    HiddenLayer<Rectified>{20},
                    OutputLayer<Gaussian>{30, Gaussian::learned()}};
        Watch watch;
        Random random{1};
        Backpropagation{optimizer, Dropout{.hidden = 0.5}}.fit(
            network, on_layers<0, 1>(inputs, inputs),
            {.epochs = 1, .batch_size = 30, .compute = {.threads = threads, .block_rows = 8}}, random, watch);
        CHECK(watch.after_first > 0);
        return watch.later - watch.after_first;
    };
    for (std::size_t const threads : {1u, 3u}) {
        CHECK(allocated(Sgd{.momentum = 0.9}, threads) == 0);
        CHECK(allocated(ConjugateGradient{}, threads) == 0);
    }
}
