// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a callback is, and how a training calls it.

#include <boltz/archive.hpp>
#include <boltz/training/training_info.hpp>

#include <array>
#include <concepts>
#include <span>
#include <tuple>
#include <type_traits>

namespace boltz {

template <class C, class M>
concept HasTrainBegin = requires(C& callback, M const& model, TrainingInfo const& info) {
    callback.on_train_begin(model, info);
};
template <class C, class M>
concept HasBatchEnd = requires(C& callback, M const& model, TrainingInfo const& info) {
    callback.on_batch_end(model, info);
};
template <class C, class M>
concept HasEpochEnd = requires(C& callback, M const& model, TrainingInfo const& info) {
    callback.on_epoch_end(model, info);
};
template <class C, class M>
concept HasTrainEnd = requires(C& callback, M const& model, TrainingInfo const& info) {
    callback.on_train_end(model, info);
};

namespace concepts {

/// Something that watches a training: an object with at least one of the hooks `on_train_begin`, `on_batch_end`,
/// `on_epoch_end`, `on_train_end`, each taking `(model, TrainingInfo const&)`.
///
/// A batch or epoch hook that returns true, or `Stop::everything`, ends the training after it; `Stop::phase` ends the
/// phase at hand. Callbacks are called in the order in which they are given, so monitors stand before what logs their
/// numbers. An object whose only hook is misspelt is not a callback.
template <class C, class M>
concept Callback = HasTrainBegin<C, M> || HasBatchEnd<C, M> || HasEpochEnd<C, M> || HasTrainEnd<C, M>;

} // namespace concepts

namespace detail {

/// A callback of any type, and the model it is called with, for the time of a call.
class AnyCallback {
  public:
    virtual ~AnyCallback() = default;
    virtual void on_train_begin(TrainingInfo const& info) = 0;
    virtual Stop on_batch_end(TrainingInfo const& info) = 0;
    virtual Stop on_epoch_end(TrainingInfo const& info) = 0;
    virtual void on_train_end(TrainingInfo const& info) = 0;
    /// Whether it has something to remember in checkpoints, which `archive` visits.
    [[nodiscard]] virtual bool remembers() const noexcept = 0;
    virtual void archive(Archive& archive) = 0;
};

/// Callbacks in the order in which they are called.
using Callbacks = std::span<AnyCallback* const>;

/// A callback of type `C` that sees models of type `M`. Refers to both.
template <class C, class M>
class CallbackAdapter final : public AnyCallback {
  public:
    CallbackAdapter(C& callback, M const& model) noexcept : callback_{&callback}, model_{&model} {}
    void on_train_begin([[maybe_unused]] TrainingInfo const& info) override {
        if constexpr (HasTrainBegin<C, M>) callback_->on_train_begin(*model_, info);
    }
    Stop on_batch_end([[maybe_unused]] TrainingInfo const& info) override {
        if constexpr (HasBatchEnd<C, M>) return asks_for([&] { return callback_->on_batch_end(*model_, info); });
        return Stop::no;
    }
    Stop on_epoch_end([[maybe_unused]] TrainingInfo const& info) override {
        if constexpr (HasEpochEnd<C, M>) return asks_for([&] { return callback_->on_epoch_end(*model_, info); });
        return Stop::no;
    }
    void on_train_end([[maybe_unused]] TrainingInfo const& info) override {
        if constexpr (HasTrainEnd<C, M>) callback_->on_train_end(*model_, info);
    }
    [[nodiscard]] bool remembers() const noexcept override { return has_archive; }
    void archive([[maybe_unused]] Archive& archive) override {
        if constexpr (has_archive) callback_->archive(archive);
    }

  private:
    static constexpr bool has_archive = requires(C & callback, Archive& archive) { callback.archive(archive); };
    // What a hook returns, as a `Stop`.
    template <class F>
    static Stop asks_for(F&& hook) {
        if constexpr (std::same_as<std::invoke_result_t<F>, Stop>) {
            return hook();
        } else if constexpr (std::convertible_to<std::invoke_result_t<F>, bool>) {
            return hook() ? Stop::everything : Stop::no;
        } else {
            hook();
            return Stop::no;
        }
    }

    C* callback_;
    M const* model_;
};

/// Calls `f(callbacks)` with these callbacks, which see `model`, in this order.
template <class M, class F, class... C>
auto with_callbacks(M const& model, F&& f, C&... callbacks) {
    std::tuple<CallbackAdapter<C, M>...> adapters{CallbackAdapter<C, M>{callbacks, model}...};
    return std::apply(
        [&](auto&... adapter) {
            std::array<AnyCallback*, sizeof...(C)> const list{&adapter...};
            return f(Callbacks{list});
        },
        adapters);
}

} // namespace detail

} // namespace boltz
