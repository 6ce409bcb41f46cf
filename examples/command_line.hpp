// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// From a command line to an exit code.

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <new>
#include <string_view>

/// Reads the command line and calls `run()`: its exit code, 0 after --help, else 2 with the reason on the error
/// output.
template <class Run>
int run_program(std::string_view name, CLI::App& app, int argc, char** argv, Run&& run) {
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        return run();
    } catch (std::bad_alloc const&) {
        std::cerr << name << ": there is not enough memory for a model, batch or data of this size" << std::endl;
    } catch (std::exception const& error) {
        std::cerr << error.what() << std::endl;
    }
    return 2;
}
