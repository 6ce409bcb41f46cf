// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How good the machine is: log Z from both sides, and the likelihood of held-out images.

#include "images.hpp"
#include "machine.hpp"
#include "options.hpp"
#include "recipes.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <string>

/// What is known of a machine, in nats.
struct Evaluation {
    boltz::LikelihoodEvaluation found; ///< log Z from both sides, and the likelihood of held-out images
    std::string pixels;                ///< how these were binarised
    double seconds = 0;

    /// The likelihood with log Z of both directions, or with that from below where they do not agree.
    [[nodiscard]] boltz::LogLikelihood with_both() const {
        return boltz::with_log_z(found.likelihood, *found.log_z.both);
    }
};

/// The pixels that are evaluated: those of the training, but drawn once, with the same seed in all runs.
inline std::string evaluated_pixels(boltz::Binarisation binarisation) {
    switch (binarisation) {
    case boltz::Binarisation::none: return "grey, as means: no likelihood of states";
    case boltz::Binarisation::threshold: return "threshold at 1/2";
    default: return "drawn once, with seed 0";
    }
}

/// Estimates log Z, by chains from where the training images are and from the uniform base and by chains down from
/// tempered ones, the likelihood of the held-out images (of a deep machine its bound) and, if asked for, that of the
/// first of them by chains of each.
inline Evaluation evaluate(Machine const& machine, Images const& data, Options const& options) {
    using namespace boltz;
    auto const start = std::chrono::steady_clock::now();
    Random random{options.seed};
    Compute const compute{.threads = options.threads};
    // Two blocks of chains, for two threads, whatever their number.
    Compute const chains{.threads = options.threads, .block_rows = (options.evaluation_runs + 1) / 2};
    Binarisation const trained = binarisation_named(options.binarisation);
    Binarisation const seen = trained == Binarisation::stochastic ? Binarisation::fixed : trained;
    auto const bases = usual_bases(machine, Binarised{ByteSource{data.train}, seen, 0}, random, compute);
    std::size_t const cases = std::min(options.evaluation_cases, data.test.count);
    // Said before, as it takes a while.
    std::cout << "evaluation: log Z by " << options.evaluation_runs << " chains over "
              << options.evaluation_temperatures << " temperatures, from " << bases.size()
              << " bases and from above, and with it log p of " << data.test.count << " images"
              << (cases > 0 ? ", of the first " + std::to_string(cases) + " by chains of each" : "") << " ..."
              << std::endl;
    Evaluation result;
    result.pixels = evaluated_pixels(seen);
    result.found =
        evaluate_likelihood(machine, Binarised{ByteSource{data.test}, seen, 0}, MeanField{.max_sweeps = 30}, bases,
                            {.log_z = {.ais = {.chains = options.evaluation_runs,
                                               .ladder = Ladder::linear(options.evaluation_temperatures),
                                               .compute = chains},
                                       .tempering_sweeps = options.evaluation_sweeps},
                             .summed_cases = cases,
                             .of_case = {.chains = 20, .ladder = Ladder::linear(1000), .compute = compute},
                             .compute = compute},
                            random);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

/// The keys of the summary, `name` being what the images are called; numbers that are not finite become null.
inline boltz::Json::Object as_json(Evaluation const& evaluation, std::string const& name) {
    auto const& [below, above, both, tempering] = evaluation.found.log_z;
    auto const& likelihood = evaluation.found.likelihood;
    auto const with_both = evaluation.with_both();
    boltz::Json::Object result{{"log_z", below.log_z},
                               {"log_z_standard_error", below.standard_error},
                               {"log_z_effective_runs", below.effective_chains},
                               {"log_z_base", below.base},
                               {"log_z_from_above", above->log_z},
                               {"log_z_from_above_standard_error", above->standard_error},
                               {"log_z_from_above_effective_runs", above->effective_chains},
                               {"log_z_from_above_start", to_string(above->start)},
                               {"log_z_from_above_round_trips", tempering->round_trips},
                               {"log_z_of_both", both->log_z},
                               {"log_z_of_both_standard_error", both->standard_error},
                               {"log_z_of_both_overlap", both->overlap},
                               {"log_z_of_both_combined", both->combined},
                               {"log_z_at_least", below.at_least},
                               {"log_z_warning", below.warning()},
                               {"runs", below.chains},
                               {"temperatures", below.temperatures},
                               {name + "_elbo", likelihood.mean},
                               {name + "_elbo_standard_error", likelihood.standard_error},
                               {name + "_elbo_with_log_z_of_both", with_both.mean},
                               {name + "_elbo_with_log_z_of_both_standard_error", with_both.standard_error},
                               {"evaluated_pixels", evaluation.pixels},
                               {"evaluation_warnings", evaluation.found.warnings()},
                               {"evaluation_seconds", evaluation.seconds}};
    if (auto const& summed = evaluation.found.summed)
        result.insert({{"cases", summed->cases()},
                       {"cases_log_likelihood", summed->mean},
                       {"cases_log_likelihood_standard_error", summed->standard_error},
                       {"cases_warning", summed->warning()},
                       {"bound_gap", evaluation.found.gap->mean},
                       {"bound_gap_standard_error", evaluation.found.gap->standard_error},
                       {"bound_gap_annealing_error", evaluation.found.gap->annealing_error}});
    return result;
}

/// Rows of the table, `name` being what the images are called.
inline void show(Evaluation const& evaluation, std::string const& name) {
    auto const& [below, above, both, tempering] = evaluation.found.log_z;
    auto const& likelihood = evaluation.found.likelihood;
    auto const row = [](std::string const& what, double value, double error, std::string const& note) {
        std::printf("  %-38s %10.3f +- %.3f nats  (%s)\n", what.c_str(), value, error, note.c_str());
    };
    auto const runs = [](boltz::LogPartition const& estimate) {
        char text[64];
        std::snprintf(text, sizeof text, "%.1f effective chains of %zu", estimate.effective_chains, estimate.chains);
        return std::string{text};
    };
    row("log Z from below", below.log_z, below.standard_error,
        runs(below) + ", " + std::to_string(below.temperatures) + " temperatures from " + below.base);
    row("log Z from above", above->log_z, above->standard_error,
        runs(*above) + ", down from tempered chains, above only if they have mixed");
    row("log Z of both directions", both->log_z, both->standard_error,
        both->combined ? "Bennett's acceptance ratio" : "not combined: that from below");
    for (auto const& other : below.others)
        row("log Z from another base", other.log_z, other.standard_error, other.base);
    if (below.visited > 0)
        std::printf("  %-38s %10.3f nats  (the sum of %zu states that chains visited)\n", "log Z is at least",
                    below.at_least, below.visited);
    bool const exact = likelihood.kind == boltz::LikelihoodKind::exact;
    row(name + (exact ? " log p" : " bound on log p"), likelihood.mean, likelihood.standard_error,
        "with log Z from below; pixels: " + evaluation.pixels);
    auto const with_both = evaluation.with_both();
    row("", with_both.mean, with_both.standard_error, "with log Z of both directions");
    if (auto const& summed = evaluation.found.summed) {
        auto const& gap = *evaluation.found.gap;
        std::string const first = "the first " + std::to_string(summed->cases()) + " " + name + " images";
        row("log p of some", summed->mean, summed->standard_error, first + ", hidden layers summed out by annealing");
        row("their bound is too low by", gap.mean, gap.standard_error,
            "error over such images; of their annealing " + std::to_string(gap.annealing_error));
    }
    std::printf("  %-38s %8.1f s\n", "evaluation", evaluation.seconds);
    // That the chains down began at tempered ones stands in their row.
    for (std::string const& warning : evaluation.found.warnings()) std::printf("  %s\n", warning.c_str());
}
