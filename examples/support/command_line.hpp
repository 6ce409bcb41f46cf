// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// From a command line to an exit code: what all programs have in common.

#include <boltz/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace detail_of_command_line {

/// The least number of letters put in, left out or changed, or of neighbours swapped, that make one word of another
/// (optimal string alignment).
inline std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before, last, row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (from[i - 1] != to[j - 1])});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[to.size()];
}

/// The options that a name may stand for, dashes left out: the nearest ones, one or two edits away; if there are
/// none, those that contain it.
inline std::vector<std::string> meant(CLI::App const& app, std::string const& name) {
    std::size_t nearest = name.size() < 4 ? 1 : 2;
    std::vector<std::string> near, containing;
    for (CLI::Option const* option : app.get_options())
        for (std::string const& known : option->get_lnames()) {
            std::size_t const distance = edits(name, known);
            if (distance < nearest) near.clear();
            if (distance <= nearest) near.push_back("--" + known);
            nearest = std::min(nearest, distance);
            if (name.size() > 2 && known.find(name) != std::string::npos) containing.push_back("--" + known);
        }
    return near.empty() ? containing : near;
}

/// The first option of the command line that the program does not have, and what was meant; "" if it has them all.
inline std::string unknown_option(CLI::App const& app) {
    for (std::string const& word : app.remaining()) {
        if (!word.starts_with('-')) continue; // the value of an unknown option, perhaps
        std::string const option = word.substr(0, word.find('='));
        std::string text = option + ": unknown";
        auto const names = meant(app, option.substr(std::min(option.find_first_not_of('-'), option.size())));
        for (std::size_t i = 0; i < names.size(); ++i)
            text += (i == 0 ? "; did you mean " : i + 1 < names.size() ? ", " : " or ") + names[i];
        return text + (names.empty() ? "" : "?");
    }
    return "";
}

/// The message of an error, begun with the program's name in place of the library's.
inline std::string named(std::string const& program, std::string message) {
    if (std::string_view const library = "boltz: "; message.starts_with(library)) message.erase(0, library.size());
    return message.starts_with(program + ": ") ? message : program + ": " + message;
}

} // namespace detail_of_command_line

/// Reads the command line and calls `run()`: its exit code, 0 after --help and --version, else 2 with the program's
/// name and the reason on the error output, also if what was printed cannot be written. No option takes an empty
/// value: most are files, and "" is none.
template <class Run>
int run_program(std::string const& name, CLI::App& app, int argc, char** argv, Run&& run) {
    namespace own = detail_of_command_line;
    auto const refuse = [&](std::string const& message) {
        std::cerr << own::named(name, message) << std::endl;
        return 2;
    };
    // Standard output may be a file on a full disk, and what is lost there is the result.
    auto const printed = [&](int status) {
        bool const whole = std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
        return status == 0 && !whole ? refuse("the standard output cannot be written") : status;
    };
    app.set_version_flag("--version", name + " (boltz) " + boltz::version, "Print the version and exit");
    CLI::Validator const not_empty{
        [](std::string& value) { return value.empty() ? std::string{"the value is empty"} : std::string{}; }, ""};
    for (CLI::Option* const option : app.get_options({}))
        if (option->get_items_expected_max() > 0) option->transform(not_empty); // before other checks
    // CLI11 would take the next word for the value.
    for (std::string_view const word : std::vector<std::string_view>(argv, argv + argc))
        if (word.starts_with("--") && word.ends_with('='))
            return refuse(std::string{word.substr(0, word.size() - 1)} + ": the value is empty");
    try {
        app.parse(argc, argv);
    } catch (CLI::Success const& wish) {
        return printed(app.exit(wish));
    } catch (CLI::ParseError const& error) {
        std::string const unknown = own::unknown_option(app);
        return refuse((unknown.empty() ? error.what() : unknown) + "\nRun with --help for more information.");
    }
    try {
        return printed(run());
    } catch (std::bad_alloc const&) {
        return refuse("there is not enough memory for a model, batch or data of this size");
    } catch (std::exception const& error) {
        return refuse(error.what());
    }
}
