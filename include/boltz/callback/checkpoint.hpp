// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Keeps a training safe from interruptions.

#include <boltz/model/parameter_set.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace boltz {

/// Writes a checkpoint at the end of every few epochs, and when a training ends or is stopped; `resume` reads it.
///
/// A model that is no longer finite is not written, so the last good checkpoint survives. Needs the component
/// boltz::io.
class Checkpoint {
  public:
    explicit Checkpoint(std::filesystem::path path, std::size_t every = 1) : path_{std::move(path)}, every_{every} {}

    // Each phase of a larger training counts its own updates.
    template <class M>
    void on_train_begin(M const&, TrainingInfo const&) {
        written_.reset();
    }
    /// @throws FileError if the file cannot be written.
    template <std::floating_point T>
    void on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info);
    template <std::floating_point T>
    void on_train_end(AnyParametric<T> const& model, TrainingInfo const& info);

  private:
    template <std::floating_point T>
    void write(AnyParametric<T> const& model, TrainingInfo const& info);

    std::filesystem::path path_;
    std::size_t every_;
    std::optional<std::uint64_t> written_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/checkpoint.hpp>
#endif
