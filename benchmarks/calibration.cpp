// SPDX-License-Identifier: MIT

/// @file
/// How often an estimate of log Z is silently wrong: models whose log Z is known, estimated many times by the
/// defaults of `boltz-score model.npz`.
///
/// calibrate_log_z [--seeds N] [--models GLOB] [--threads N] writes a table in Markdown; progress goes to the error
/// output.

#include "calibration.hpp"
#include "../examples/support/command_line.hpp"
#include "known_models.hpp"

#include <CLI/CLI.hpp>

#include <fnmatch.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

struct Options {
    std::size_t seeds = 20;
    std::string models = "*";
    std::size_t threads = 1;
};

/// Estimates with seeds 1 .. options.seeds.
bench::Tally estimates_of(bench::KnownModel const& model, Options const& options) {
    std::vector<boltz::LogPartition> estimates(options.seeds);
    boltz::Executor executor{{.threads = options.threads}};
    executor.for_each_block(options.seeds, 1, [&](std::size_t first, std::size_t) {
        boltz::Random random{first + 1};
        estimates[first] = model.estimate({}, random);
    });
    bench::Tally tally;
    for (auto const& estimate : estimates) {
        auto const judgement = bench::judged(estimate, model.log_z);
        tally.add(judgement, estimate.base);
        if (judgement.silent || judgement.false_alarm)
            std::fprintf(stderr, "  %s: %.4f, standard error %.4f, for %.4f, from %s, at least %.4f; %s; %s\n",
                         judgement.silent ? "silently wrong" : "false alarm", estimate.log_z, estimate.standard_error,
                         model.log_z, estimate.base.c_str(), estimate.at_least, estimate.warning().c_str(),
                         estimate.note().c_str());
    }
    return tally;
}

void print_row(std::string const& name, bench::KnownModel const& model, bench::Tally const& tally) {
    std::string bases;
    for (auto const& [base, count] : tally.bases)
        bases += (bases.empty() ? "" : ", ") + base + " " + std::to_string(count);
    std::printf("| %s | %s | %s | %.5f | %s | %zu | %zu | %zu | %.2f | %+.4f | %s |\n", name.c_str(),
                model.description.c_str(), model.modes.c_str(), model.log_z, model.route.c_str(), tally.silent,
                tally.false_alarms, tally.warned, tally.rms_z(), tally.mean_error(), bases.c_str());
    std::fflush(stdout);
}

void print_summary(std::size_t models, std::size_t unequal, bench::Tally const& sum) {
    auto const share = [&](std::size_t count) {
        return 100 * static_cast<double>(count) / static_cast<double>(sum.estimates);
    };
    std::printf(
        "\n| models | with modes of unequal mass | estimates | silent failures | at most, by 95 %% | false alarms | "
        "warned | rms z without a warning |\n|---|---|---|---|---|---|---|---|\n");
    std::printf("| %zu | %zu | %zu | %zu | %.2f %% | %zu (%.1f %%) | %zu | %.2f |\n", models, unequal, sum.estimates,
                sum.silent, 100 * bench::upper_limit(sum.silent, sum.estimates), sum.false_alarms,
                share(sum.false_alarms), sum.warned, sum.rms_z());
}

void run(Options const& options) {
    auto const all = bench::known_models();
    for (bool const needles : {false, true}) {
        std::size_t models = 0, unequal = 0;
        bench::Tally sum;
        for (auto const& maker : all) {
            if (maker.needle != needles || fnmatch(options.models.c_str(), maker.name.c_str(), 0) != 0) continue;
            if (models++ == 0)
                std::printf(
                    "\n## %s\n\n| model | what it is | modes | log Z | known by | silent failures | false alarms "
                    "| warned | rms z | mean error | bases |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
                    needles ? "Needles" : "Models");
            auto const start = std::clock();
            bench::KnownModel const model = maker.make();
            auto const made = std::clock();
            bench::Tally const tally = estimates_of(model, options);
            auto const done = std::clock();
            print_row(maker.name, model, tally);
            auto const seconds = [](std::clock_t from, std::clock_t to) {
                return static_cast<double>(to - from) / CLOCKS_PER_SEC;
            };
            std::fprintf(stderr, "%s: made in %.1f s of processor time, %.2f s an estimate\n", maker.name.c_str(),
                         seconds(start, made), seconds(made, done) / static_cast<double>(options.seeds));
            unequal += model.unequal;
            sum.add(tally);
        }
        if (models > 0) print_summary(models, unequal, sum);
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"How often an estimate of log Z is silently wrong, for models whose log Z is known."};
    app.add_option("--seeds", options.seeds, "estimates of each model")->check(CLI::Range(1, 100'000));
    app.add_option("--models", options.models, "names of models, as a shell would match them: 'glass-*'");
    app.add_option("--threads", options.threads, "estimates at the same time")->check(CLI::Range(1, 1024));
    return run_program("calibrate_log_z", app, argc, argv, [&] {
        run(options);
        return 0;
    });
}
