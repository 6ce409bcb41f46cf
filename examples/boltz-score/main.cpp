// SPDX-License-Identifier: MIT

/// @file
/// How good a model in a file is: log Z, exact or by annealed importance sampling, and the log-likelihood of data.

#include "model.hpp"
#include "options.hpp"
#include "score.hpp"

#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <variant>

namespace {

nlohmann::json as_json(Likelihood const& likelihood) {
    return {{"method", likelihood.method},
            {"cases", likelihood.cases},
            {"mean_log_likelihood", likelihood.mean.value},
            {"standard_error_over_cases", likelihood.mean.standard_error},
            {"standard_error_of_annealing", likelihood.annealing_error}};
}

/// Numbers that are not finite become null.
nlohmann::json as_json(Score const& score, Options const& options) {
    nlohmann::json result{
        {"model", options.model},         {"sizes", score.sizes},     {"units", score.units},
        {"method", score.method},         {"log_z", score.log_z},     {"log_z_standard_error", score.standard_error},
        {"mean_log_likelihood", nullptr}, {"likelihood", nullptr},    {"summed_cases", nullptr},
        {"annealing", nullptr},           {"seed", options.seed},     {"notes", score.notes},
        {"warnings", score.warnings},     {"version", boltz::version}};
    if (score.annealing)
        result["annealing"] = {{"runs", score.annealing->runs},
                               {"temperatures", score.annealing->temperatures},
                               {"base", score.annealing->base},
                               {"products", score.annealing->products},
                               {"lower", score.annealing->lower},
                               {"upper", score.annealing->upper},
                               {"effective_runs", score.annealing->effective_runs},
                               {"variance", score.annealing->variance}};
    if (score.likelihood) {
        result["mean_log_likelihood"] = score.likelihood->mean.value;
        result["likelihood"] = as_json(*score.likelihood);
        result["likelihood"]["binarisation"] = options.binarisation;
    }
    if (score.summed) result["summed_cases"] = as_json(*score.summed);
    return result;
}

void show(Likelihood const& likelihood, char const* name) {
    std::printf("  %-28s %12.4f nats, standard error %.4f over %zu %s", name, likelihood.mean.value,
                likelihood.mean.standard_error, likelihood.cases, likelihood.cases == 1 ? "case" : "cases");
    if (likelihood.annealing_error > 0) std::printf(" and %.4f of their annealing", likelihood.annealing_error);
    std::printf("\n  %-28s by %s\n", "", likelihood.method.c_str());
}

void show(Score const& score) {
    std::string sizes, units;
    for (std::size_t l = 0; l < score.sizes.size(); ++l) {
        sizes += (l > 0 ? "-" : "") + std::to_string(score.sizes[l]);
        units += (l > 0 ? ", " : "") + score.units[l];
    }
    std::printf("  %-28s %s (%s)\n", score.sizes.size() == 2 ? "RBM" : "DBM", sizes.c_str(), units.c_str());
    for (auto const& note : score.notes) std::printf("  %-28s %s\n", "note", note.c_str());
    if (auto const& annealing = score.annealing) {
        std::printf("  %-28s %12.4f nats, standard error %.4f, in [%.4f, %.4f]\n", "log Z", score.log_z,
                    score.standard_error, annealing->lower, annealing->upper);
        std::printf("  %-28s by %s: %zu runs (%.1f effective), %zu temperatures,\n", "", score.method.c_str(),
                    annealing->runs, annealing->effective_runs, annealing->temperatures);
        std::printf("  %-28s from %s, products in %s\n", "", annealing->base.c_str(), annealing->products.c_str());
    } else {
        std::printf("  %-28s %12.4f nats, by %s\n", "log Z", score.log_z, score.method.c_str());
    }
    if (score.likelihood)
        show(*score.likelihood, score.sizes.size() == 2 ? "mean log-likelihood" : "mean log-likelihood, at least");
    if (score.summed) show(*score.summed, "mean of the first cases");
    std::fflush(stdout);
    for (auto const& warning : score.warnings) std::fprintf(stderr, "boltz-score: %s\n", warning.c_str());
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"log Z of a model in a file, exact or by annealed importance sampling, and the log-likelihood of "
                 "data. RBMs, and deep machines of up to 4 layers, of binary hidden units."};
    declare(app, options);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        StoredMachine const stored = read_machine(options.model);
        Score result = std::visit([&](auto const& model) { return score(model, options); }, stored.machine);
        result.notes.insert(result.notes.begin(), stored.notes.begin(), stored.notes.end());
        if (options.json)
            std::cout << as_json(result, options).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                      << std::endl;
        else
            show(result);
        return 0;
    } catch (std::bad_alloc const&) {
        std::cerr << "boltz-score: there is not enough memory for a model or data of this size" << std::endl;
        return 2;
    } catch (std::exception const& error) {
        std::cerr << error.what() << std::endl;
        return 2;
    }
}
