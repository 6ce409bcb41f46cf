// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How good the machine is: log Z from both sides, and the bound of held-out images.

#include "images.hpp"
#include "options.hpp"
#include "recipes.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

/// What is known of a machine, in nats.
struct Evaluation {
    boltz::LogPartition below;          ///< by chains up, from the base of two that has missed less
    boltz::LogPartition above;          ///< by chains down from the ends of tempered ones: above log Z if those have
                                        ///< mixed
    boltz::TwoSidedLogPartition both{}; ///< out of the two lists of weights, if they agree
    boltz::TemperingReport tempering{}; ///< how well the chains down had mixed
    boltz::LogLikelihood bound;         ///< of held-out images, by the estimate from below
    boltz::LogLikelihood bound_of_both; ///< the same by that of both directions
    /// Of the first of them, the hidden layers summed out by chains of each image.
    std::optional<boltz::LogLikelihood> cases{};
    boltz::BoundGap gap{}; ///< of the same images: how much the bound is too low
    std::string pixels;    ///< how the held-out images were binarised
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

/// Says what is being done, before it takes a while.
inline void announce(std::string const& what) { std::cout << "evaluation: " << what << " ..." << std::endl; }

/// Estimates log Z, by chains from where the training images are and from the uniform base, the bound of the held-out
/// images and, if asked for, the log-likelihood of the first of them.
template <class M>
Evaluation evaluate(M const& machine, Images const& data, Options const& options) {
    using namespace boltz;
    auto const start = std::chrono::steady_clock::now();
    Evaluation result;
    Random random{options.seed};
    Compute const compute{.threads = options.threads};
    // Two blocks of chains, for two threads, whatever their number.
    Compute const chains{.threads = options.threads, .block_rows = (options.evaluation_runs + 1) / 2};
    Ais const ais{.runs = options.evaluation_runs,
                  .ladder = Ladder::linear(options.evaluation_temperatures),
                  .compute = chains};
    Binarisation const trained = binarisation_named(options.binarisation);
    Binarisation const seen = trained == Binarisation::stochastic ? Binarisation::fixed : trained;
    LabelledImages const& test = data.test;
    Binarised const begin{ByteSource{data.train}, seen, 0};
    auto const bases = usual_bases(machine, begin, random, compute);
    std::ostringstream effort;
    effort << "log Z by " << options.evaluation_runs << " chains over " << options.evaluation_temperatures
           << " temperatures, from " << bases.size() << " bases and from above";
    announce(effort.str());
    BothDirections directions = both_directions(machine, ais, random, bases, options.evaluation_sweeps);
    result.below = std::move(directions.below);
    result.above = std::move(directions.above);
    result.both = std::move(directions.both);
    result.tempering = std::move(directions.tempering);
    auto const& base = bases[result.below.base_index];

    result.pixels = evaluated_pixels(seen);
    MeanField const inference{.max_sweeps = 30};
    announce("the bound of " + std::to_string(test.count) + " images");
    result.bound = elbo(machine, Binarised{ByteSource{test}, seen, 0}, inference, result.below, compute);
    result.bound_of_both = with_log_z(result.bound, result.both);
    if (options.evaluation_cases > 0) {
        LabelledImages const first = test.part(0, std::min(options.evaluation_cases, test.count));
        Binarised const images{ByteSource{first}, seen, 0};
        announce("log p of " + std::to_string(first.count) + " images, by chains of each");
        Ais const of_case{.runs = 20, .ladder = Ladder::linear(1000), .compute = compute};
        result.cases = annealed_log_likelihood(machine, images, result.below, of_case, random, base);
        result.gap = bound_gap(*result.cases, elbo(machine, images, inference, result.below, compute));
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

/// The keys of the summary, `name` being what the images are called; numbers that are not finite become null.
inline boltz::Json::Object as_json(Evaluation const& evaluation, std::string const& name) {
    boltz::Json::Object result{
        {"log_z", evaluation.below.log_z},
        {"log_z_standard_error", evaluation.below.standard_error},
        {"log_z_effective_runs", evaluation.below.effective_runs},
        {"log_z_base", evaluation.below.base},
        {"log_z_from_above", evaluation.above.log_z},
        {"log_z_from_above_standard_error", evaluation.above.standard_error},
        {"log_z_from_above_effective_runs", evaluation.above.effective_runs},
        {"log_z_from_above_start", to_string(evaluation.above.start)},
        {"log_z_from_above_round_trips", evaluation.tempering.round_trips},
        {"log_z_of_both", evaluation.both.log_z},
        {"log_z_of_both_standard_error", evaluation.both.standard_error},
        {"log_z_of_both_overlap", evaluation.both.overlap},
        {"log_z_of_both_combined", evaluation.both.combined},
        {"log_z_at_least", evaluation.below.at_least},
        {"log_z_warning", evaluation.below.warning()},
        {"runs", evaluation.below.runs},
        {"temperatures", evaluation.below.temperatures},
        {name + "_elbo", evaluation.bound.mean},
        {name + "_elbo_standard_error", evaluation.bound.standard_error},
        {name + "_elbo_with_log_z_of_both", evaluation.bound_of_both.mean},
        {name + "_elbo_with_log_z_of_both_standard_error", evaluation.bound_of_both.standard_error},
        {"evaluated_pixels", evaluation.pixels},
        {"evaluation_seconds", evaluation.seconds}};
    if (auto const& cases = evaluation.cases)
        result.insert({{"cases", cases->cases()},
                       {"cases_log_likelihood", cases->mean},
                       {"cases_log_likelihood_standard_error", cases->standard_error},
                       {"cases_warning", cases->warning()},
                       {"bound_gap", evaluation.gap.mean},
                       {"bound_gap_standard_error", evaluation.gap.standard_error},
                       {"bound_gap_annealing_error", evaluation.gap.annealing_error}});
    return result;
}

/// Rows of the table, `name` being what the images are called.
inline void show(Evaluation const& evaluation, std::string const& name) {
    auto const row = [](std::string const& what, double value, double error, std::string const& note) {
        std::printf("  %-38s %10.3f +- %.3f nats  (%s)\n", what.c_str(), value, error, note.c_str());
    };
    auto const runs = [](boltz::LogPartition const& estimate) {
        char text[64];
        std::snprintf(text, sizeof text, "%.1f effective runs of %zu", estimate.effective_runs, estimate.runs);
        return std::string{text};
    };
    row("log Z from below", evaluation.below.log_z, evaluation.below.standard_error,
        runs(evaluation.below) + ", " + std::to_string(evaluation.below.temperatures) + " temperatures from " +
            evaluation.below.base);
    row("log Z from above", evaluation.above.log_z, evaluation.above.standard_error,
        runs(evaluation.above) + ", down from tempered chains, above only if they have mixed");
    row("log Z of both directions", evaluation.both.log_z, evaluation.both.standard_error,
        evaluation.both.combined ? "Bennett's acceptance ratio" : "not combined: that from below");
    for (auto const& other : evaluation.below.others)
        row("log Z from another base", other.log_z, other.standard_error, other.base);
    if (evaluation.below.visited > 0)
        std::printf("  %-38s %10.3f nats  (the sum of %zu states that chains visited)\n", "log Z is at least",
                    evaluation.below.at_least, evaluation.below.visited);
    row(name + " bound on log p", evaluation.bound.mean, evaluation.bound.standard_error,
        "with log Z from below; pixels: " + evaluation.pixels);
    row("", evaluation.bound_of_both.mean, evaluation.bound_of_both.standard_error, "with log Z of both directions");
    if (auto const& cases = evaluation.cases) {
        std::string const first = "the first " + std::to_string(cases->cases()) + " " + name + " images";
        row("log p of some", cases->mean, cases->standard_error, first + ", hidden layers summed out by annealing");
        row("their bound is too low by", evaluation.gap.mean, evaluation.gap.standard_error,
            "error over such images; of their annealing " + std::to_string(evaluation.gap.annealing_error));
    }
    std::printf("  %-38s %8.1f s\n", "evaluation", evaluation.seconds);
    // That the chains down began at tempered ones stands in their row.
    if (auto const warning = evaluation.below.warning(); !warning.empty())
        std::printf("  log Z from below: %s\n", warning.c_str());
    if (auto const warning = evaluation.tempering.warning(); !warning.empty())
        std::printf("  tempered chains: %s\n", warning.c_str());
    if (!evaluation.both.combined) std::printf("  log Z of both: %s\n", evaluation.both.warning().c_str());
    if (evaluation.bound.refuted()) std::printf("  bound: %s\n", evaluation.bound.warning().c_str());
    // What speaks against log Z has been said.
    if (evaluation.cases && !evaluation.cases->case_warning.empty())
        std::printf("  log p: %s\n", evaluation.cases->case_warning.c_str());
}
