// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What programs that train for long have in common: signals that ask to stop, and small texts in files.

#include <boltz/io/file.hpp>

#include <csignal>
#include <filesystem>
#include <span>
#include <string>

/// Whether a signal has asked the program to stop.
inline volatile std::sig_atomic_t interrupted = 0;

// A second signal ends the program at once.
extern "C" inline void interrupt(int signal) {
    interrupted = 1;
    std::signal(signal, SIG_DFL);
}

/// Lets Ctrl-C and `kill` set `interrupted`.
inline void stop_on_signals() {
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
}

/// The file appears whole or not at all.
inline void write_text(std::filesystem::path const& path, std::string const& text) {
    boltz::write_file_atomically(path, std::as_bytes(std::span{text.data(), text.size()}));
}

inline std::string read_text(std::filesystem::path const& path) {
    auto const bytes = boltz::read_file(path);
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}
