// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Checkpoints of more than one training.

#include <boltz/boltz.hpp>

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// A text as an array of a checkpoint. Refers to the text.
inline boltz::ArrayView as_array(std::string_view text) {
    return {"|u1", {text.size()}, std::as_bytes(std::span{text})};
}

/// The text that such an array holds.
/// @throws boltz::FormatError if there is none of that name.
inline std::string text_of(boltz::Arrays const& arrays, std::string_view name, std::filesystem::path const& file) {
    auto const found = arrays.find(name);
    if (found == arrays.end() || found->second.dtype != "|u1")
        boltz::fail<boltz::FormatError>("resume: ", file.string(), " has no text '", name, "'");
    auto const& bytes = found->second.bytes;
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

/// Writes a checkpoint of the whole program at the end of an epoch once `seconds` have passed since the last one, and
/// when a phase is stopped.
class Keep {
  public:
    Keep(std::filesystem::path path, boltz::StateVisit state, double seconds)
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
        boltz::write_checkpoint(path_, state_, info.phase);
        written_ = std::chrono::steady_clock::now();
    }

    std::filesystem::path path_;
    boltz::StateVisit state_;
    double seconds_;
    std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};
