// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Keeps the best epoch of a training.

#include <boltz/callback/best_metric.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

namespace boltz {

/// Writes a checkpoint at the end of every epoch that is the best so far by a metric; `resume` puts a session and its
/// model back to it. Lower is better, or higher with `Better::higher`, as for likelihoods.
///
/// The metric must come from a monitor that stands before it; what is not a number, and a model that is not finite,
/// is never the best; a phase that ends without any ends with a remark. The file appears whole or not at all. Each
/// phase of a training, each RBM of a pretraining, is judged by itself and writes over the file of the last. Needs
/// the component boltz::io.
class BestCheckpoint {
  public:
    BestCheckpoint(std::filesystem::path path, std::string metric, Better better = Better::lower)
        : path_{std::move(path)}, best_{std::move(metric), better} {}

    template <class M>
    void on_train_begin(M const&, TrainingInfo const&) {
        best_.reset();
    }

    /// @throws FileError if the file cannot be written; ValueError if the phase ends and no callback before this one
    /// has ever measured the metric.
    template <std::floating_point T>
    void on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info);

    /// The best value so far and the epoch (from 1) that gave it.
    [[nodiscard]] double best() const noexcept { return best_.value(); }
    [[nodiscard]] std::size_t best_epoch() const noexcept { return best_.epoch(); }

    void archive(Archive& archive) { archive.nested("best", best_); }

  private:
    std::filesystem::path path_;
    BestMetric best_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/best_checkpoint.hpp>
#endif
