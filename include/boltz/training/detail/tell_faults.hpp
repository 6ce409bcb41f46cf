// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The callback by which a training reports what is wrong with its model.

#include <boltz/detail/function_ref.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_info.hpp>

#include <concepts>
#include <string>
#include <vector>

namespace boltz::detail {

/// Remarks on the parameters of what is trained, before the first update and at the end, and then on what `more()`
/// finds where these are in order. It stands behind all other callbacks, as those are known by their places.
template <std::floating_point T>
class TellFaults final : public AnyCallback {
  public:
    using More = FunctionRef<std::vector<std::string>()>;

    /// `at_first`: whether the first parameters are judged: not those of a convex loss, which may be equal.
    TellFaults(AnyParametric<T> const& model, bool at_first, More more)
        : model_{model}, at_first_{at_first}, more_{more} {}
    void on_train_begin(TrainingInfo const& info) override;
    Stop on_batch_end(TrainingInfo const&) override { return Stop::no; }
    Stop on_epoch_end(TrainingInfo const&) override { return Stop::no; }
    void on_train_end(TrainingInfo const& info) override;
    [[nodiscard]] bool remembers() const noexcept override { return false; }
    void archive(Archive&) override {}

  private:
    static void tell(std::vector<std::string> faults, TrainingInfo const& info);

    AnyParametric<T> const& model_;
    bool at_first_;
    More more_;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/detail/tell_faults.hpp>
#endif
