// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the program is asked to do.

#include "../support/numbers.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

/// How annealing goes from its base to the model.
struct LadderChoice {
    enum class Kind { published, linear, adapted };
    Kind kind = Kind::published;
    std::size_t steps = 0;      ///< of a linear one
    double effective_share = 0; ///< of an adapted one
};

/// The words of the command line: "published", "linear:N" or "adapted:SHARE"; nothing if they are none of these.
inline std::optional<LadderChoice> ladder_choice(std::string const& text) {
    using Kind = LadderChoice::Kind;
    auto const after = [&](char const* head) { return text.substr(std::string{head}.size()); };
    if (text == "published") return LadderChoice{};
    if (text.starts_with("linear:")) {
        std::string const digits = after("linear:");
        bool const whole = !digits.empty() && digits.size() <= 8 &&
                           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
        std::size_t const steps = whole ? std::strtoul(digits.c_str(), nullptr, 10) : 0;
        if (steps > 0) return LadderChoice{.kind = Kind::linear, .steps = steps};
    }
    if (text.starts_with("adapted:")) {
        std::string const digits = after("adapted:");
        char* end = nullptr;
        double const share = std::strtod(digits.c_str(), &end);
        if (!digits.empty() && *end == '\0' && share > 0 && share < 1)
            return LadderChoice{.kind = Kind::adapted, .effective_share = share};
    }
    return {};
}

/// One run of the program.
struct Options {
    std::string model;
    std::string data;
    std::string base;
    std::string base_data;
    std::string binarisation = "none";
    std::string ladder = "published";
    std::string precision = "float32";
    std::optional<double> scale;
    std::size_t runs = 100;
    std::size_t sweeps = 1000;
    std::size_t cases = 0;
    std::size_t mean_field_sweeps = 50;
    double max_states = 33554432;
    std::uint64_t seed = 1;
    std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    bool exact = false;
    bool both_sides = false;
    bool json = false;
};

/// Declares the command line. Values that are absurd are refused here, before anything is read.
inline void declare(CLI::App& app, Options& options) {
    CLI::Validator const ladder{[](std::string& text) {
                                    return ladder_choice(text) ? std::string{}
                                                               : "Value " + text +
                                                                     " is neither published, nor linear:N, nor "
                                                                     "adapted:SHARE with 0 < SHARE < 1";
                                },
                                ""};
    app.option_defaults()->always_capture_default();

    app.add_option("MODEL", options.model,
                   "A .npz file that boltz has saved, of any machine, or a .npz file or a folder of .npy files with "
                   "weights_0, ... and bias_0, ... of a chain of binary layers")
        ->required();
    app.add_option("--data", options.data,
                   "Cases of layer 0: an IDX file, plain or .gz, or a .npy file, rows = cases")
        ->group("Data");
    app.add_option("--scale", options.scale,
                   "What the numbers of the data are multiplied with; without it bytes are divided by 255, unless "
                   "none is above 1 or they are counts")
        ->check(positive_number())
        ->group("Data");
    app.add_option("--binarisation", options.binarisation,
                   "What becomes of grey values: none (used as they are), fixed (drawn once, from the seed), "
                   "threshold (at 1/2)")
        ->check(CLI::IsMember({"none", "fixed", "threshold"}).description(""))
        ->group("Data");

    app.add_flag("--exact", options.exact, "Count off all states of a small model instead of annealing")
        ->group("log Z");
    app.add_option("--max-states", options.max_states, "Most states to count off")
        ->check(positive_number())
        ->group("log Z");
    app.add_option("--runs", options.runs, "Annealed chains")->check(whole_number(1, 10'000'000))->group("log Z");
    app.add_option("--ladder", options.ladder,
                   "Temperatures: published (the 14,500 steps of Salakhutdinov & Murray 2008), linear:N (N equal "
                   "steps), adapted:SHARE (steps that keep this share of pilot chains effective, such as 0.99)")
        ->check(ladder)
        ->group("log Z");
    app.add_option(
           "--base", options.base,
           "Where annealing begins: data (base rates of --base-data, else of --data; for a deep machine of samples "
           "from there), own (the model's biases), uniform; without it from two, uniform and data where there are, "
           "else own: the estimate that has missed less is reported")
        ->check(CLI::IsMember({"data", "own", "uniform"}).description(""))
        ->group("log Z");
    app.add_option("--base-data", options.base_data, "Other cases for the base rates, such as the training data")
        ->group("log Z");
    app.add_flag("--both-sides", options.both_sides,
                 "Also anneal down from the ends of tempered chains (20 temperatures): above log Z in expectation if "
                 "those have mixed, and only then")
        ->excludes("--exact")
        ->group("log Z");
    app.add_option("--sweeps", options.sweeps, "Steps of those tempered chains")
        ->check(whole_number(2, 10'000'000))
        ->group("log Z");
    app.add_option("--precision", options.precision,
                   "What the products of annealing read: float32, or bfloat16 where it can be had")
        ->check(CLI::IsMember({"float32", "bfloat16"}).description(""))
        ->group("log Z");

    app.add_option("--mean-field-sweeps", options.mean_field_sweeps, "Most sweeps for the bound of a deep machine")
        ->check(whole_number(0, 100'000))
        ->group("Likelihood");
    app.add_option("--cases", options.cases,
                   "For a deep machine: also sum out the hidden layers of the first N cases, by annealing or with "
                   "--exact by enumeration")
        ->check(whole_number(0, 100'000'000))
        ->group("Likelihood");

    app.add_option("--seed", options.seed, "Seed of all random numbers")->check(any_seed())->group("Run");
    app.add_option("--threads", options.threads, "Processors to use; the result is the same for any number")
        ->check(whole_number(1, 1024))
        ->group("Run");
    app.add_flag("--json", options.json, "Write one JSON object and nothing else")->group("Run");
}
