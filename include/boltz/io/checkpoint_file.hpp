// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Writing and reading the state of a training.

#include <boltz/archive.hpp>
#include <boltz/io/npz.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace boltz {
namespace detail {

inline constexpr char const* checkpoint_format = "boltz-checkpoint";
inline constexpr int checkpoint_format_version = 1;

// Whether an array of a checkpoint belongs to a model or to the states of its chains. What callbacks and optimisers
// keep may be infinite.
[[nodiscard]] bool is_of_model_or_chains(std::string_view name);

[[nodiscard]] std::string checkpoint_meta(std::string const& note);

} // namespace detail

/// Writes everything that a training needs to go on later, which `session.archive(archive)` visits, to an `.npz`
/// file; `note` is a text on where it stands. Array by array, so that no memory for a copy of the state is
/// needed.
/// @throws FileError if it cannot be written; an older file of that name then survives.
template <class Session>
    requires requires(Session& session, Archive& archive) { session.archive(archive); }
void write_checkpoint(std::filesystem::path const& path, Session const& session, std::string const& note) {
    NpzWriter file{path};
    file.add_text("meta.json", detail::checkpoint_meta(note));
    Archive archive{file};
    const_cast<Session&>(session).archive(archive); // which only reads when it saves
    file.finish();
}

/// The same of a state that `to_arrays` has copied before.
/// @throws FileError if it cannot be written; an older file of that name then survives.
void write_checkpoint(std::filesystem::path const& path, Arrays state, std::string const& note);

/// The arrays of a checkpoint.
/// @throws FileError if the file cannot be read; FormatError if it is not a checkpoint, or a parameter of a model or
/// a
///         state of a chain in it is not finite.
[[nodiscard]] Arrays read_checkpoint(std::filesystem::path const& path);

/// Puts a session (of a training, a pretraining, a classifier) back to where a checkpoint was written; all or
/// nothing.
///
/// Bind the session with the same policies first, then call `fit` with the same data and options: the result is that
/// of the unbroken training, to the bit.
/// @throws FileError, FormatError; the session is then unchanged.
template <class Session>
void resume(std::filesystem::path const& path, Session& session) {
    from_arrays(read_checkpoint(path), session);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/checkpoint_file.hpp>
#endif
