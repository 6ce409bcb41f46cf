// SPDX-License-Identifier: MIT

/// @file
/// How good a model in a file is: log Z, exact or by annealed importance sampling, and the log-likelihood of data.

#include "../support/command_line.hpp"
#include "options.hpp"
#include "score.hpp"

#include <cstdio>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

namespace {

using boltz::Json;
using boltz::LogLikelihood;

Json::Object as_json(LogLikelihood const& likelihood) {
    return {{"method", to_string(likelihood.kind)},
            {"cases", likelihood.cases()},
            {"mean_log_likelihood", likelihood.mean},
            {"standard_error", likelihood.standard_error},
            {"standard_error_over_cases", likelihood.case_error},
            {"standard_error_of_annealing", likelihood.annealing_error}};
}

Json::Object as_json(boltz::LogPartition const& estimate) {
    Json::Array others;
    for (auto const& other : estimate.others)
        others.push_back(Json::Object{{"base", other.base},
                                      {"log_z", other.log_z},
                                      {"log_z_standard_error", other.standard_error},
                                      {"effective_runs", other.effective_chains},
                                      {"warning", other.warning}});
    return {{"other_bases", others},
            {"at_least", estimate.at_least},
            {"visited_states", estimate.visited},
            {"runs", estimate.chains},
            {"temperatures", estimate.temperatures},
            {"base", estimate.base},
            {"products", estimate.products},
            {"lower", estimate.lower},
            {"upper", estimate.upper},
            {"variance", estimate.variance},
            {"effective_runs", estimate.effective_chains},
            {"start", to_string(estimate.start)}};
}

Json as_json(std::vector<boltz::Connection> const& connections) {
    Json::Array result;
    for (auto const& [lower, upper] : connections) result.push_back(Json::Array{lower, upper});
    return result;
}

/// Numbers that are not finite become null.
Json as_json(Score const& score, Options const& options) {
    Json::Object result{{"model", options.model},
                        {"sizes", score.sizes},
                        {"units", score.units},
                        {"connections", as_json(score.connections)},
                        {"method", score.method},
                        {"log_z", score.log_z.value},
                        {"log_z_standard_error", score.log_z.standard_error},
                        {"annealing", nullptr},
                        {"from_above", nullptr},
                        {"both_sides", nullptr},
                        {"mean_log_likelihood", nullptr},
                        {"likelihood", nullptr},
                        {"summed_cases", nullptr},
                        {"seed", options.seed},
                        {"notes", score.notes},
                        {"warnings", score.warnings},
                        {"version", boltz::version}};
    if (score.annealing) result["annealing"] = as_json(*score.annealing);
    if (auto const& above = score.from_above) {
        Json::Object from_above = as_json(*above);
        from_above.insert({{"log_z", above->log_z},
                           {"log_z_standard_error", above->standard_error},
                           {"sweeps", options.sweeps},
                           {"round_trips", score.round_trips}});
        result["from_above"] = from_above;
        Json::Object both{{"log_z", score.both->log_z},
                          {"log_z_standard_error", score.both->standard_error},
                          {"overlap", score.both->overlap},
                          {"combined", score.both->combined}};
        if (auto const& of_both = score.likelihood_of_both)
            both.insert({{"mean_log_likelihood", of_both->mean},
                         {"mean_log_likelihood_standard_error", of_both->standard_error}});
        result["both_sides"] = both;
    }
    if (score.likelihood) {
        result["mean_log_likelihood"] = score.likelihood->mean;
        Json::Object likelihood = as_json(*score.likelihood);
        likelihood["binarisation"] = options.binarisation;
        result["likelihood"] = likelihood;
    }
    if (score.summed) result["summed_cases"] = as_json(*score.summed);
    return result;
}

void show(LogLikelihood const& likelihood, char const* name) {
    std::printf("  %-28s %12.4f nats, standard error %.4f: %.4f over %zu %s, %.4f of log Z\n", name, likelihood.mean,
                likelihood.standard_error, likelihood.case_error, likelihood.cases(),
                likelihood.cases() == 1 ? "case" : "cases", likelihood.log_z.standard_error);
    std::printf("  %-28s %s", "", to_string(likelihood.kind).data());
    if (likelihood.annealing_error > 0)
        std::printf(", standard error of its own chains %.4f", likelihood.annealing_error);
    std::printf("\n");
}

void show(Score const& score) {
    std::string sizes, units;
    for (std::size_t l = 0; l < score.sizes.size(); ++l) {
        sizes += (l == 0 ? "" : score.chain ? "-" : ", ") + std::to_string(score.sizes[l]);
        units += (l > 0 ? ", " : "") + score.units[l];
    }
    char const* const kind = !score.chain ? "Boltzmann machine" : score.sizes.size() == 2 ? "RBM" : "DBM";
    std::printf("  %-28s %s (%s)\n", kind, sizes.c_str(), units.c_str());
    if (!score.chain) {
        std::string connections;
        for (auto const& [lower, upper] : score.connections)
            connections += (connections.empty() ? "" : ", ") + std::to_string(lower) + "-" + std::to_string(upper);
        std::printf("  %-28s %s\n", "weights between layers", connections.c_str());
    }
    for (auto const& note : score.notes) std::printf("  %-28s %s\n", "note", note.c_str());
    if (auto const& annealing = score.annealing) {
        std::printf("  %-28s %12.4f nats, standard error %.4f, in [%.4f, %.4f]\n", "log Z", annealing->log_z,
                    annealing->standard_error, annealing->lower, annealing->upper);
        std::printf("  %-28s by %s: %zu chains (%.1f effective), %zu temperatures,\n", "", score.method.c_str(),
                    annealing->chains, annealing->effective_chains, annealing->temperatures);
        std::printf("  %-28s from %s, products in %s\n", "", annealing->base.c_str(), annealing->products.c_str());
        for (auto const& other : annealing->others)
            std::printf("  %-28s %12.4f nats, standard error %.4f, from %s\n", "log Z from another base", other.log_z,
                        other.standard_error, other.base.c_str());
        if (annealing->visited > 0)
            std::printf("  %-28s %12.4f nats, the sum of %zu states that chains visited\n", "log Z is at least",
                        annealing->at_least, annealing->visited);
    } else {
        std::printf("  %-28s %12.4f nats, by %s\n", "log Z", score.log_z.value, score.method.c_str());
    }
    if (auto const& above = score.from_above) {
        std::printf("  %-28s %12.4f nats, standard error %.4f, in [%.4f, %.4f]\n", "log Z from above", above->log_z,
                    above->standard_error, above->lower, above->upper);
        std::printf("  %-28s by chains down from the ends of tempered chains (%.1f effective)\n", "",
                    above->effective_chains);
        std::printf("  %-28s %12.4f nats, standard error %.4f, overlap %.3f\n", "log Z of both", score.both->log_z,
                    score.both->standard_error, score.both->overlap);
    }
    if (score.likelihood)
        show(*score.likelihood, score.likelihood->kind == boltz::LikelihoodKind::exact
                                    ? "mean log-likelihood"
                                    : "mean log-likelihood, at least");
    if (auto const& of_both = score.likelihood_of_both)
        std::printf("  %-28s %12.4f nats, standard error %.4f\n", "with log Z of both", of_both->mean,
                    of_both->standard_error);
    if (score.summed) show(*score.summed, "mean of the first cases");
    std::fflush(stdout);
    for (auto const& warning : score.warnings) std::fprintf(stderr, "boltz-score: %s\n", warning.c_str());
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{
        "log Z of a machine in a file, exact or by annealed importance sampling, and the log-likelihood of "
        "data. Any layers and connections between them, of binary, Gaussian, multinomial and categorical units."};
    declare(app, options);
    return run_program("boltz-score", app, argc, argv, [&] {
        boltz::StoredMachine const stored = boltz::load_any_machine(options.model);
        Score result = std::visit([&](auto const& machine) { return score(machine, options); }, stored.machine);
        result.notes.insert(result.notes.begin(), stored.notes.begin(), stored.notes.end());
        if (options.json)
            std::cout << as_json(result, options).dump(2) << std::endl;
        else
            show(result);
        return 0;
    });
}
