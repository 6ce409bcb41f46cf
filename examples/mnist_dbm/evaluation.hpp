// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How good the machine is: log Z from both sides, and the bound of held-out images.

#include "options.hpp"
#include "recipes.hpp"

#include <boltz/boltz.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

/// What is known of a machine, in nats.
struct Evaluation {
    boltz::LogPartition below;  ///< by chains from the base rates up: below log Z in expectation
    boltz::LogPartition above;  ///< by chains down from the ends of long chains: above log Z if those have mixed
    boltz::LogLikelihood bound; ///< of held-out images, by the estimate from below
    std::string pixels;         ///< how the held-out images were binarised
    double seconds = 0;
};

/// The pixels that are evaluated: those of the training, but drawn once, with the same seed in all runs.
inline std::string evaluated_pixels(boltz::Binarisation binarisation) {
    switch (binarisation) {
    case boltz::Binarisation::none: return "grey, as means: no likelihood of states";
    case boltz::Binarisation::threshold: return "threshold at 1/2";
    default: return "drawn once, with seed 0";
    }
}

/// Estimates log Z and the bound of `test`, with `train` for the base rates.
template <class M>
Evaluation evaluate(M const& machine, boltz::LabelledImages const& train, boltz::LabelledImages const& test,
                    Options const& options) {
    using namespace boltz;
    auto const start = std::chrono::steady_clock::now();
    Evaluation result;
    Random random{options.seed};
    auto const base = base_rates(machine, ByteSource{train}, random);
    Compute const compute{.threads = options.threads};
    // Two blocks of chains, for two threads, whatever their number.
    Compute const chains{.threads = options.threads, .block_rows = (options.evaluation_runs + 1) / 2};
    Ais const ais{.runs = options.evaluation_runs,
                  .ladder = Ladder::linear(options.evaluation_temperatures),
                  .compute = chains};
    result.below = log_partition(machine, ais, random, base);
    auto ends = sample(
        machine, {.count = options.evaluation_runs, .sweeps = options.evaluation_sweeps, .compute = chains}, random);
    result.above = reverse_log_partition(machine, ends.blocks(), ChainStart::long_chains, ais, random, base);

    Binarisation const trained = binarisation_of(options);
    Binarisation const seen = trained == Binarisation::stochastic ? Binarisation::fixed : trained;
    result.pixels = evaluated_pixels(seen);
    result.bound =
        elbo(machine, Binarised{ByteSource{test}, seen, 0}, MeanField{.max_sweeps = 30}, result.below, compute);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

/// The keys of the summary; numbers that are not finite become null.
inline nlohmann::json as_json(Evaluation const& evaluation) {
    return {{"log_z", evaluation.below.log_z},
            {"log_z_standard_error", evaluation.below.standard_error},
            {"log_z_effective_runs", evaluation.below.effective_runs},
            {"log_z_from_above", evaluation.above.log_z},
            {"log_z_from_above_standard_error", evaluation.above.standard_error},
            {"log_z_from_above_start", to_string(evaluation.above.start)},
            {"runs", evaluation.below.runs},
            {"temperatures", evaluation.below.temperatures},
            {"test_elbo", evaluation.bound.mean},
            {"test_elbo_standard_error", evaluation.bound.standard_error},
            {"evaluated_pixels", evaluation.pixels},
            {"evaluation_seconds", evaluation.seconds}};
}

/// Rows of the table, `name` being what the images are called.
inline void show(Evaluation const& evaluation, std::string const& name) {
    auto const row = [](char const* what, double value, double error, std::string const& note) {
        std::printf("  %-34s %10.3f +- %.3f nats  (%s)\n", what, value, error, note.c_str());
    };
    row("log Z from below", evaluation.below.log_z, evaluation.below.standard_error,
        std::to_string(evaluation.below.runs) + " annealed chains, " + std::to_string(evaluation.below.temperatures) +
            " temperatures");
    row("log Z from above", evaluation.above.log_z, evaluation.above.standard_error,
        "down from long chains, above only if they have mixed");
    row((name + " bound on log p").c_str(), evaluation.bound.mean, evaluation.bound.standard_error,
        "with log Z from below; pixels: " + evaluation.pixels);
    std::printf("  %-34s %8.1f s\n", "evaluation", evaluation.seconds);
    // That the chains down began at long ones stands in their row.
    if (auto const warning = evaluation.below.warning(); !warning.empty())
        std::printf("  log Z from below: %s\n", warning.c_str());
}
