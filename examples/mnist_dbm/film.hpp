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
/// still has them all; `finish` makes the film and removes them.
class Film {
  public:
    Film(std::filesystem::path folder, Shape shape) : folder_{std::move(folder)}, shape_{shape} {
        std::filesystem::create_directories(folder_);
    }

    /// Ends the training, as one that is asked to stop, if a frame cannot be written: `failure()` says why then.
    template <class Model>
    void on_batch_end(Model const& model, boltz::TrainingInfo const& info) {
        if (info.phase != "pretraining 1" && info.phase != "joint training") return;
        auto const updates = static_cast<std::uint64_t>(info.epochs * info.batches);
        std::uint64_t const every = std::max<std::uint64_t>(1, updates / frames_a_phase);
        if (info.clock.update % every != 0 || !failure_.empty() || !boltz::parameters_are_finite(model)) return;
        char name[32];
        std::snprintf(name, sizeof name, "-%010llu.png", static_cast<unsigned long long>(info.clock.update));
        try {
            boltz::report::write_png(folder_ / (info.phase + name), filters(model.weights(0), shape_));
        } catch (boltz::FileError const& error) {
            failure_ = error.what();
        }
    }

    template <class Model>
    boltz::Stop on_epoch_end(Model const&, boltz::TrainingInfo const&) const {
        return failure_.empty() ? boltz::Stop::no : boltz::Stop::everything;
    }

    [[nodiscard]] std::string const& failure() const noexcept { return failure_; }

    /// Removes the frames of a folder, whole and half written ones, and the folder if nothing else is in it.
    static void remove_frames(std::filesystem::path const& folder) {
        std::error_code ignored;
        for (auto const& file : frames(folder, true)) std::filesystem::remove(file, ignored);
        std::filesystem::remove(folder, ignored);
    }

    /// The pretraining's frames come before the joint training's.
    void finish(std::filesystem::path const& gif) const {
        auto files = frames(folder_, false);
        auto const key = [](std::filesystem::path const& path) {
            std::string const name = path.filename().string();
            return std::pair{!name.starts_with("pretraining"), name};
        };
        std::sort(files.begin(), files.end(), [&](auto const& a, auto const& b) { return key(a) < key(b); });
        std::vector<boltz::report::Image> images;
        for (auto const& file : files) images.push_back(boltz::report::read_png(file));
        if (!images.empty()) boltz::report::write_gif(gif, images, {.delay = 0.12, .last_delay = 2, .bits = 5});
        remove_frames(folder_);
    }

  private:
    // With halves of frames, of a run that was killed as it wrote them, or without.
    static std::vector<std::filesystem::path> frames(std::filesystem::path const& folder, bool halves) {
        std::vector<std::filesystem::path> files;
        if (!std::filesystem::is_directory(folder)) return files;
        for (auto const& entry : std::filesystem::directory_iterator{folder}) {
            std::string const name = entry.path().filename().string();
            if (!name.starts_with("pretraining 1-") && !name.starts_with("joint training-")) continue;
            if (entry.path().extension() == ".png" || (halves && name.find(".png.writing-") != std::string::npos))
                files.push_back(entry.path());
        }
        return files;
    }

    static constexpr std::uint64_t frames_a_phase = 20;

    std::filesystem::path folder_;
    Shape shape_;
    std::string failure_;
};
