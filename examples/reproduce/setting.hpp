// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a row is asked to do, and the stages it is made of.

#include "../support/mnist/images.hpp"
#include "../support/program.hpp"
#include "../support/remarks.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

/// One run of one row.
struct Setting {
    std::string row;
    std::string data;
    std::filesystem::path out = "out";
    std::uint64_t seed = 1;
    std::size_t seeds = 3; ///< fine-tunings of one generative model; whole trainings in rows of whole runs
    std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    std::size_t limit = 0;
    std::size_t validation = 0;
    double epochs_percent = 100;
    std::string precision = "automatic";
    std::string binarised_test; ///< a file with test images that others have binarised (row rbm-binarised)
    std::string model;          ///< a saved machine in place of the generative training
    std::string model_note;

    /// A share of the published number of epochs.
    [[nodiscard]] std::size_t epochs(double published) const {
        return static_cast<std::size_t>(std::max(1.0, std::round(published * epochs_percent / 100)));
    }
    /// Options of `mnist_dbm` for the same data, seed and processors.
    [[nodiscard]] Options apply_to(Options options) const {
        options.data = data;
        options.limit = limit;
        options.validation = validation;
        options.seed = seed;
        options.threads = threads;
        options.precision = precision;
        return options;
    }
    [[nodiscard]] boltz::Compute compute() const {
        return {.threads = threads, .block_rows = 50, .precision = precision_of(precision)};
    }
};

/// Thrown when a signal has stopped a stage, whose checkpoint is written.
struct Interrupted : std::exception {
    [[nodiscard]] char const* what() const noexcept override { return "stopped"; }
};

/// A training that goes on from its checkpoint, if there is one, and writes it every ten epochs and when it ends.
/// @throws Interrupted
template <class Session, class Data>
void run_stage(Setting const& setting, std::string const& name, std::uint64_t seed, Session& session,
               Data const& data, boltz::FitOptions options) {
    using namespace boltz;
    std::filesystem::path const checkpoint = setting.out / (name + ".npz");
    if (std::filesystem::exists(checkpoint)) resume(checkpoint, session);
    options.compute = setting.compute();
    options.phase = name;
    Random random{seed};
    StopOnNaN diverged;
    Polling const polling;
    FitReport const report = session.fit(data, options, random, StopWhen{[] { return interrupted != 0; }}, diverged,
                                         Progress{std::cout}, Checkpoint{checkpoint, 10});
    print_remarks(report);
    if (diverged.triggered())
        boltz::fail<ValueError>("reproduce: the parameters of stage ", name, " are no longer finite");
    if (report.stop == Stop::everything || interrupted != 0) throw Interrupted{};
}
