// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Checkpoints of more than one training.

#include <boltz/boltz.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <utility>

/// Writes a checkpoint of the whole program at the end of an epoch once `seconds` have passed since the last one, and
/// when a phase is stopped.
class Keep {
  public:
    Keep(std::filesystem::path path, std::function<boltz::Arrays()> state, double seconds)
        : path_{std::move(path)}, state_{std::move(state)}, seconds_{seconds} {}

    template <class Model>
    void on_epoch_end(Model const& model, boltz::TrainingInfo const& info) {
        if (std::chrono::steady_clock::now() - written_ > std::chrono::duration<double>{seconds_}) write(model, info);
    }
    template <class Model>
    void on_train_end(Model const& model, boltz::TrainingInfo const& info) {
        if (!info.finished) write(model, info);
    }

  private:
    template <class Model>
    void write(Model const& model, boltz::TrainingInfo const& info) {
        if (!boltz::parameters_are_finite(model)) return;
        boltz::write_checkpoint(path_, state_(), info.phase);
        written_ = std::chrono::steady_clock::now();
    }

    std::filesystem::path path_;
    std::function<boltz::Arrays()> state_;
    double seconds_;
    std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};
