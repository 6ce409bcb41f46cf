// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/detail/training_loop.hpp>

#include <boltz/archive.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/detail/permutation.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void TrainingLoop::check(FitOptions const& options, char const* function) {
    if (options.batch_size == 0) fail<ValueError>(function, ": batch_size is 0, but must be at least 1");
    auto const& [block_cases, window] = options.shuffle_blocks;
    if (block_cases == 0 || window == 0)
        fail<ValueError>(function, ": shuffle_blocks has ", block_cases, " cases and a window of ", window,
                         ", but both must be at least 1");
}

BOLTZ_INLINE void TrainingLoop::start(Draws const& own) noexcept {
    if (started_ != 0) return;
    draws_ = own;
    started_ = 1;
}

template <std::floating_point T>
TrainingInfo TrainingLoop::describe(Binarisation binarisation, std::string products, StateVisit state,
                                    OptimizerSession<T>& optimizer) {
    TrainingInfo info;
    info.binarisation = binarisation;
    info.products = std::move(products);
    info.state = std::move(state);
    if (optimizer.has_rate()) info.scale_rate = [&optimizer](double factor) { optimizer.scale_rate(factor); };
    return info;
}

BOLTZ_INLINE FitReport TrainingLoop::run(std::size_t rows, TrainingInfo info, FitOptions const& options, Step step,
                                         Callbacks callbacks) {
    using Time = std::chrono::steady_clock;
    auto const seconds_since = [](Time::time_point start) {
        return std::chrono::duration<double>(Time::now() - start).count();
    };
    std::size_t const batch_size = std::min(options.batch_size, rows);
    std::vector<std::size_t> order(rows);
    std::vector<std::size_t> blocks;
    std::vector<Metric> metrics;
    std::vector<std::string> remarks;
    info.phase = options.phase;
    info.clock = clock_;
    info.epochs = options.epochs;
    info.batches = (rows + batch_size - 1) / batch_size;
    info.cases = rows;
    info.finished = clock_.epoch >= options.epochs;
    info.metrics = &metrics;
    info.remarks = &remarks;
    Time::time_point const start = Time::now();
    Stop stop = ended_ != 0 ? Stop::phase : Stop::no;
    std::string reason;
    std::size_t said = 0; // remarks before the hook at hand
    bool begun = false;
    // At once, so that a checkpoint of a later callback has it.
    auto const ask = [&](Stop asked) {
        if (asked > stop) reason = reason_of(remarks, said);
        said = remarks.size();
        stop = std::max(stop, asked);
        if (asked == Stop::phase) ended_ = 1;
    };
    bool const idle = stop != Stop::no || info.finished;
    // What callbacks remember of a later phase is not theirs yet, and must not be lost either.
    info.state = [state = std::move(info.state), of_others = idle ? of_callbacks_ : Arrays{}, idle,
                  callbacks](Archive& archive) {
        state.archive(archive);
        for (std::size_t i = 0; !idle && i < callbacks.size(); ++i)
            if (callbacks[i]->remembers()) archive.nested(name_of(i), *callbacks[i]);
        for (auto const& [name, array] : of_others) archive.put(name, array);
    };
    for (AnyCallback* const callback : callbacks) callback->on_train_begin(info);
    recall(clock_.update > 0 && !idle, callbacks);
    while (stop == Stop::no && clock_.epoch < options.epochs) {
        Time::time_point const epoch_start = Time::now();
        metrics.clear();
        if (begun) remarks.clear(); // those of the beginning are of the first epoch
        begun = true;
        said = remarks.size();
        arrange(order, blocks, options);
        while (stop == Stop::no && clock_.batch < info.batches) {
            std::size_t const first = static_cast<std::size_t>(clock_.batch) * batch_size;
            info.inference =
                step(std::span<std::size_t const>{order}.subspan(first, std::min(batch_size, rows - first)));
            ++clock_.batch;
            ++clock_.update;
            info.clock = clock_;
            info.epoch_seconds = seconds_since(epoch_start);
            for (AnyCallback* const callback : callbacks) ask(callback->on_batch_end(info));
        }
        if (stop != Stop::no) break;
        ++clock_.epoch;
        clock_.batch = 0;
        info.clock = clock_;
        info.finished = clock_.epoch >= options.epochs;
        for (AnyCallback* const callback : callbacks) ask(callback->on_epoch_end(info));
    }
    for (AnyCallback* const callback : callbacks) callback->on_train_end(info);
    if (reason.empty())
        reason = stop != Stop::no ? "a callback ended it in an earlier call"
                                  : "all " + std::to_string(options.epochs) + " epochs are done";
    return {.clock = clock_,
            .stop = stop,
            .stopped = stop != Stop::no,
            .phase = options.phase,
            .seconds = seconds_since(start),
            .binarisation = info.binarisation,
            .products = info.products,
            .metrics = std::move(metrics),
            .reason = std::move(reason),
            .remarks = std::move(remarks)};
}

BOLTZ_INLINE void TrainingLoop::archive(Archive& archive) {
    archive("epoch", clock_.epoch);
    archive("batch", clock_.batch);
    archive("update", clock_.update);
    archive("started", started_);
    archive("ended", ended_);
    draws_.archive(archive);
    if (archive.mode() != Archive::Mode::loading) return;
    of_callbacks_.clear();
    for (auto const& [name, array] : archive.arrays())
        if (name.starts_with("callbacks/")) of_callbacks_.emplace(name, array);
}

BOLTZ_INLINE std::string TrainingLoop::reason_of(std::vector<std::string> const& remarks, std::size_t said) {
    if (said == remarks.size()) return "a callback ended it";
    std::string reason = remarks[said];
    for (std::size_t i = said + 1; i < remarks.size(); ++i) reason += "; " + remarks[i];
    return reason;
}

BOLTZ_INLINE void TrainingLoop::recall(bool under_way, Callbacks callbacks) {
    for (std::size_t i = 0; under_way && i < callbacks.size(); ++i) {
        if (!callbacks[i]->remembers()) continue;
        std::string const name = name_of(i);
        auto const found = of_callbacks_.lower_bound(name + '/');
        if (found == of_callbacks_.end() || !found->first.starts_with(name + '/')) continue;
        struct {
            std::string const& name;
            AnyCallback& callback;
            void archive(Archive& archive) { archive.nested(name, callback); }
        } part{name, *callbacks[i]};
        from_arrays(of_callbacks_, part);
    }
    of_callbacks_.clear();
}

BOLTZ_INLINE void TrainingLoop::arrange(std::vector<std::size_t>& order, std::vector<std::size_t>& blocks,
                                        FitOptions const& options) const {
    Draws const shuffling = draws_.stream(0).stream(clock_.epoch);
    switch (options.shuffle) {
    case Shuffle::each_epoch: permute(order, shuffling); break;
    case Shuffle::blocks:
        permute_in_blocks(order, blocks, options.shuffle_blocks.cases, options.shuffle_blocks.window, shuffling);
        break;
    case Shuffle::never: std::iota(order.begin(), order.end(), std::size_t{0}); break;
    }
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template TrainingInfo TrainingLoop::describe<T>(Binarisation binarisation, std::string products,                 \
                                                    StateVisit state, OptimizerSession<T>& optimizer);               \
    }
#include <boltz/detail/instantiate.hpp>
