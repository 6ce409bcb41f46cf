// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What programs that train for long have in common: signals that ask to stop, and small texts in files.

#include <boltz/io/file.hpp>
#include <boltz/io/json.hpp>

#include <csignal>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <unistd.h>

/// Whether a signal has asked the program to stop while `Polling`.
inline volatile std::sig_atomic_t interrupted = 0;

namespace detail_of_program {

inline volatile std::sig_atomic_t polling = 0;
inline std::string last_words;

} // namespace detail_of_program

/// What `stop_on_signals` was told to say at the end.
inline std::string const& last_words() noexcept { return detail_of_program::last_words; }

// A second signal ends the program at once.
extern "C" inline void interrupt(int signal) {
    namespace own = detail_of_program;
    if (own::polling == 0) {
        // Only what is safe in a signal handler.
        auto const written = ::write(STDOUT_FILENO, own::last_words.data(), own::last_words.size());
        ::_exit(written < 0 ? 131 : 130);
    }
    interrupted = 1;
    std::signal(signal, SIG_DFL);
}

/// Lets Ctrl-C and `kill` end the program with status 130 and these words, or set `interrupted` while there is a
/// `Polling`, which looks at it.
inline void stop_on_signals(std::string last_words) {
    detail_of_program::last_words = std::move(last_words);
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
}

/// A time in which the program looks at `interrupted` often, so that a signal need not end it where it stands.
class Polling {
  public:
    Polling() noexcept { detail_of_program::polling = 1; }
    Polling(Polling const&) = delete;
    Polling& operator=(Polling const&) = delete;
    ~Polling() { detail_of_program::polling = 0; }
};

/// The file appears whole or not at all.
inline void write_text(std::filesystem::path const& path, std::string const& text) {
    boltz::write_file_atomically(path, std::as_bytes(std::span{text.data(), text.size()}));
}

/// JSON for a file. What is no UTF-8, such as some path, is replaced: a result is not lost for its sake.
inline std::string as_text(boltz::Json const& json) { return json.dump(2) + '\n'; }

inline std::string read_text(std::filesystem::path const& path) {
    auto const bytes = boltz::read_file(path);
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}
