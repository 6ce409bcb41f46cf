// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a callback is, and how a training calls it.

#include <boltz/training/training_info.hpp>

#include <concepts>
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

/// Calls a hook and says what it asks for.
template <class F>
Stop asks_for(F&& hook) {
    if constexpr (std::same_as<std::invoke_result_t<F>, Stop>) {
        return hook();
    } else if constexpr (std::convertible_to<std::invoke_result_t<F>, bool>) {
        return hook() ? Stop::everything : Stop::no;
    } else {
        hook();
        return Stop::no;
    }
}

template <class C, class M>
Stop notify_batch_end(C& callback, M const& model, TrainingInfo const& info) {
    if constexpr (HasBatchEnd<C, M>) return asks_for([&] { return callback.on_batch_end(model, info); });
    return Stop::no;
}

template <class C, class M>
Stop notify_epoch_end(C& callback, M const& model, TrainingInfo const& info) {
    if constexpr (HasEpochEnd<C, M>) return asks_for([&] { return callback.on_epoch_end(model, info); });
    return Stop::no;
}

template <class C, class M>
void notify_train_begin(C& callback, M const& model, TrainingInfo const& info) {
    if constexpr (HasTrainBegin<C, M>) callback.on_train_begin(model, info);
}

template <class C, class M>
void notify_train_end(C& callback, M const& model, TrainingInfo const& info) {
    if constexpr (HasTrainEnd<C, M>) callback.on_train_end(model, info);
}

} // namespace detail
} // namespace boltz
