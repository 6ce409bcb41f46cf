// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The filters through the training, as a film.

#include "pictures.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Takes a picture of the first layer's filters some times a phase. Frames lie in a folder, so that a resumed run
/// still has them all; `finish` makes the film and removes the folder.
class Film {
  public:
    Film(std::filesystem::path folder, Shape shape) : folder_{std::move(folder)}, shape_{shape} {
        std::filesystem::create_directories(folder_);
    }

    template <class Model>
    void on_batch_end(Model const& model, boltz::TrainingInfo const& info) {
        if (info.phase != "pretraining 1" && info.phase != "joint training") return;
        auto const updates = static_cast<std::uint64_t>(info.epochs * info.batches);
        std::uint64_t const every = std::max<std::uint64_t>(1, updates / frames_a_phase);
        if (info.clock.update % every != 0 || !boltz::parameters_are_finite(model)) return;
        char name[32];
        std::snprintf(name, sizeof name, "-%010llu.png", static_cast<unsigned long long>(info.clock.update));
        boltz::write_png(folder_ / (info.phase + name), filters(model.weights(0), shape_));
    }

    /// The pretraining's frames come before the joint training's.
    void finish(std::filesystem::path const& gif) const {
        std::vector<std::filesystem::path> files;
        // Others are halves of frames, of a run that was killed as it wrote them.
        for (auto const& entry : std::filesystem::directory_iterator{folder_})
            if (entry.path().extension() == ".png") files.push_back(entry.path());
        auto const key = [](std::filesystem::path const& path) {
            std::string const name = path.filename().string();
            return std::pair{!name.starts_with("pretraining"), name};
        };
        std::sort(files.begin(), files.end(), [&](auto const& a, auto const& b) { return key(a) < key(b); });
        std::vector<boltz::Image> frames;
        for (auto const& file : files) frames.push_back(boltz::read_png(file));
        if (!frames.empty()) boltz::write_gif(gif, frames, {.delay = 0.12, .last_delay = 2, .bits = 5});
        std::filesystem::remove_all(folder_);
    }

  private:
    static constexpr std::uint64_t frames_a_phase = 20;

    std::filesystem::path folder_;
    Shape shape_;
};
