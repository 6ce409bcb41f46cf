// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training under way: all its state, and the loop.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/permutation.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/training/update.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// Trains a model as it is.
struct AsItIs {
    template <class F>
    F const& operator()(F const& field) const noexcept {
        return field;
    }
};

/// A training under way: a model, what the policies keep of it, and a clock. `Trainer::bind` makes one.
///
/// `fit` goes on from where the session stands up to the given number of epochs, so a session that was archived in
/// one process and restored in another continues as if nothing had happened, to the bit. Refers to the model, which
/// must outlive it. Policies see the model prepared for its products, and through `View`: as it is, or through other
/// factors.
template <Model M, class Sampling, class Optimization, class Inference, class View = AsItIs>
class TrainingSession {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    using Seen = std::remove_cvref_t<std::invoke_result_t<View const&, Prepared<M> const&>>;
    using Sampler = decltype(std::declval<Sampling const&>().bind(std::declval<Seen const&>()));
    using Optimizer = decltype(std::declval<Optimization const&>().bind(std::declval<M const&>()));
    using Inferrer = decltype(std::declval<Inference const&>().bind(std::declval<Seen const&>()));

  public:
    TrainingSession(M& model, Sampling const& sampling, Optimization const& optimization, Inference const& inference,
                    View view = {})
        : model_{&model}, prepared_{model}, view_{std::move(view)}, sampler_{sampling.bind(view_(prepared_))},
          optimizer_{optimization.bind(std::as_const(model))},
          inference_{inference.bind(view_(prepared_))}, update_{model} {}

    [[nodiscard]] M const& model() const noexcept { return *model_; }
    [[nodiscard]] Clock const& clock() const noexcept { return clock_; }
    [[nodiscard]] Sampler const& sampler() const noexcept { return sampler_; }

    /// Trains until `options.epochs` epochs are done or a callback asks to stop.
    ///
    /// `random` is advanced by one call whether the session is new or resumed. After the first batch nothing is
    /// allocated but by callbacks.
    /// @throws ShapeError if the data does not fit the model; ValueError if the data is empty or holds impossible
    /// values, or an option is out of range; all before anything is changed.
    template <class Data, class... Callbacks>
        requires(Callback<std::remove_reference_t<Callbacks>, M>&&...)
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        return run(
            as_training_data(data), options, random, [this] { return to_arrays(*this); }, callbacks...);
    }

    /// The same, with another idea of what a checkpoint must keep: for trainings that are part of a larger one.
    template <class Data, class... Callbacks>
    FitReport run(Data const& data, FitOptions const& options, Random& random, std::function<Arrays()> state,
                  Callbacks&... callbacks);

    /// Visits everything that the future of the training depends on.
    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("model", *model_);
        archive.nested("sampler", sampler_);
        archive.nested("optimizer", optimizer_);
        archive("epoch", clock_.epoch);
        archive("batch", clock_.batch);
        archive("update", clock_.update);
        archive("started", started_);
        archive("ended", ended_);
        draws_.archive(archive);
    }

  private:
    template <class Data>
    InferenceReport step(Data const& data, std::span<std::size_t const> indices, Executor& executor);

    M* model_;
    Prepared<M> prepared_;
    [[no_unique_address]] View view_;
    Sampler sampler_;
    Optimizer optimizer_;
    Inferrer inference_;
    detail::Update<M> update_;
    States<T, depth> posterior_;
    Clock clock_;
    std::uint64_t started_ = 0;
    std::uint64_t ended_ = 0; // by a callback, before its last epoch
    Draws draws_ = Draws::from_seed(0);
};

template <Model M, class Sampling, class Optimization, class Inference, class View>
template <class Data>
InferenceReport TrainingSession<M, Sampling, Optimization, Inference, View>::step(
    Data const& data, std::span<std::size_t const> indices, Executor& executor) {
    Draws const draws = draws_.stream(1).stream(clock_.update);
    posterior_.require(indices.size(), model_->sizes());
    auto const posterior = posterior_.blocks();
    executor.for_each_block(indices.size(), [&](std::size_t first, std::size_t count) {
        data.load(indices.subspan(first, count), row_range(posterior, first, count), draws.stream(0).from_row(first));
    });

    auto const& field = view_(prepared_);
    auto const observed = Data::template observed<depth>();
    InferenceReport const report = inference_.infer(field, posterior, observed, executor);
    Phase<T, depth> data_phase{posterior, {}};
    for (std::size_t l = 0; l < depth; ++l) data_phase.moments[l] = observed[l] ? Moment::state : Moment::mean;
    Phase<T, depth> const model_phase = sampler_.sample(field, posterior, draws.stream(1), clock_, executor);
    update_.apply(data_phase, model_phase, *model_, prepared_, optimizer_, clock_, executor);
    return report;
}

template <Model M, class Sampling, class Optimization, class Inference, class View>
template <class Data, class... Callbacks>
FitReport TrainingSession<M, Sampling, Optimization, Inference, View>::run(Data const& data,
                                                                           FitOptions const& options, Random& random,
                                                                           std::function<Arrays()> state,
                                                                           Callbacks&... callbacks) {
    using Time = std::chrono::steady_clock;
    auto const seconds_since = [](Time::time_point start) {
        return std::chrono::duration<double>(Time::now() - start).count();
    };
    if constexpr (requires { Sampling::needs_labels; })
        static_assert(
            Data::template observed<depth>()[depth - 1],
            "boltz: this sampling policy needs data on the top layer too: on_layers<0, 1>(features, labels)");
    if (options.batch_size == 0) detail::fail<ValueError>("Trainer::fit: batch_size is 0, but must be at least 1");
    auto const& [block_cases, window] = options.shuffle_blocks;
    if (block_cases == 0 || window == 0)
        detail::fail<ValueError>("Trainer::fit: shuffle_blocks has ", block_cases, " cases and a window of ", window,
                                 ", but both must be at least 1");
    Random advanced = random;
    Draws const own = advanced.split();
    Executor executor{options.compute};
    data.check(*model_, "Trainer::fit", own);
    check_bounded_energy(*model_, "Trainer::fit");
    prepared_.choose(options.compute.precision);
    prepared_.refresh(executor);
    random = advanced;
    if (started_ == 0) {
        draws_ = own;
        started_ = 1;
    }

    std::size_t const batch_size = std::min(options.batch_size, data.rows());
    std::vector<std::size_t> order(data.rows());
    std::vector<std::size_t> blocks;
    std::vector<Metric> metrics;
    TrainingInfo info{.phase = options.phase,
                      .clock = clock_,
                      .epochs = options.epochs,
                      .batches = (data.rows() + batch_size - 1) / batch_size,
                      .cases = data.rows(),
                      .epoch_seconds = 0,
                      .inference = {},
                      .binarisation = data.binarisation(),
                      .products = prepared_.description(),
                      .finished = clock_.epoch >= options.epochs,
                      .metrics = &metrics,
                      .state = std::move(state)};
    Time::time_point const start = Time::now();
    Stop stop = ended_ != 0 ? Stop::phase : Stop::no;
    [[maybe_unused]] auto const ask = [&stop](Stop asked) { stop = std::max(stop, asked); };
    (detail::notify_train_begin(callbacks, *model_, info), ...);
    while (stop == Stop::no && clock_.epoch < options.epochs) {
        Time::time_point const epoch_start = Time::now();
        metrics.clear();
        Draws const shuffling = draws_.stream(0).stream(clock_.epoch);
        switch (options.shuffle) {
        case Shuffle::each_epoch: detail::permute(order, shuffling); break;
        case Shuffle::blocks: detail::permute_in_blocks(order, blocks, block_cases, window, shuffling); break;
        case Shuffle::never: std::iota(order.begin(), order.end(), std::size_t{0}); break;
        }
        while (stop == Stop::no && clock_.batch < info.batches) {
            std::size_t const first = static_cast<std::size_t>(clock_.batch) * batch_size;
            info.inference =
                step(data, std::span{order}.subspan(first, std::min(batch_size, data.rows() - first)), executor);
            ++clock_.batch;
            ++clock_.update;
            info.clock = clock_;
            info.epoch_seconds = seconds_since(epoch_start);
            (ask(detail::notify_batch_end(callbacks, *model_, info)), ...);
        }
        if (stop != Stop::no) break;
        ++clock_.epoch;
        clock_.batch = 0;
        info.clock = clock_;
        info.finished = clock_.epoch >= options.epochs;
        (ask(detail::notify_epoch_end(callbacks, *model_, info)), ...);
    }
    if (stop == Stop::phase) ended_ = 1;
    (detail::notify_train_end(callbacks, *model_, info), ...);
    return {.clock = clock_,
            .stop = stop,
            .stopped = stop != Stop::no,
            .phase = options.phase,
            .seconds = seconds_since(start),
            .binarisation = info.binarisation,
            .products = info.products,
            .metrics = std::move(metrics)};
}

} // namespace boltz
