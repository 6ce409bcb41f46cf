// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Keeps a training safe from interruptions.

#include <boltz/io/checkpoint_file.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
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
    void on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) {
        if (every_ <= 1 || info.clock.epoch % every_ == 0) write(model, info);
    }
    template <std::floating_point T>
    void on_train_end(AnyParametric<T> const& model, TrainingInfo const& info) {
        // A callback behind this one may have ended the phase since.
        if (written_ != info.clock.update || !info.finished) write(model, info);
    }

  private:
    template <std::floating_point T>
    void write(AnyParametric<T> const& model, TrainingInfo const& info) {
        if (!parameters_are_finite(model)) return;
        write_checkpoint(path_, info.state, info.phase + ", after " + std::to_string(info.clock.update) + " updates");
        written_ = info.clock.update;
    }

    std::filesystem::path path_;
    std::size_t every_;
    std::optional<std::uint64_t> written_;
};

} // namespace boltz
