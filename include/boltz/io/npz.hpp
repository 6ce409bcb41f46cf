// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// NumPy's `.npz` format: a zip archive of named `.npy` arrays, here with named texts beside them.

#include <boltz/archive.hpp>
#include <boltz/io/detail/zip_reader.hpp>
#include <boltz/io/detail/zip_writer.hpp>
#include <boltz/io/file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace boltz {

/// Texts by name.
using Texts = std::map<std::string, std::string, std::less<>>;

/// What an `.npz` file holds: entries `<name>.npy` are arrays, all others are texts (`meta.json`).
struct Npz {
    Arrays arrays;
    Texts texts;
    Texts foreign{}; ///< names of arrays that were left out, such as strings and objects, and why; never written
};

namespace detail {

inline constexpr std::string_view npy_suffix = ".npy";
inline constexpr std::size_t longest_entry_name = 0xffff - npy_suffix.size();

// Adds what an entry `key`.npy of `size` bytes holds; false if there is one of its name.
[[nodiscard]] bool add_array(Npz& npz, std::string const& key, ZipEntryBytes bytes, std::uint64_t size,
                             std::string const& where);

/// An array that is needed.
/// @throws FormatError that names what is wrong with it: it is not there, or of a type that is not understood.
[[nodiscard]] Array const& needed_array(Npz const& file, std::string const& name, std::string const& path);

void check_entry_name(std::string_view what, std::string const& name);

} // namespace detail

/// Reads an `.npz` file, stored or deflated: what `write_npz`, `numpy.savez` and `numpy.savez_compressed` write.
///
/// Every array is read and checked as by read_npy; those of other types are only named (`Npz::foreign`), since
/// somebody may not need them. A single string of bytes is a text, since NumPy makes one of a text that it reads and
/// saves again: `meta.json.npy` is `meta.json`. Every entry against its checksum and size. Names keep their '/'.
/// Memory: the file, what it holds, and one entry again.
/// @param limit the largest size, all entries together, that a compressed file may unpack to, against files made to
///        fill the memory; what is stored uncompressed may have any size
/// @throws FileError if the file cannot be read.
/// @throws FormatError if it is foreign, truncated, corrupt, above the limit, has an
/// entry
///         twice, or entries that share bytes; the message names the file, the entry and both values.
[[nodiscard]] Npz read_npz(std::filesystem::path const& path, std::uint64_t limit = default_decompressed_limit);

/// Writes an `.npz` file that `numpy.load` opens, array by array, all of it or nothing: the file appears with
/// `finish`.
///
/// Arrays become uncompressed entries `<name>.npy`, texts entries of their own names, in the order in which they
/// come; the same make equal bytes. An archive that saves can write to it: `Archive archive{file}`. Memory: that of
/// the names.
class NpzWriter final : public ArraySink {
  public:
    /// @throws FileError if the file cannot be written.
    explicit NpzWriter(std::filesystem::path const& path) : zip_{path} {}

    /// @throws ValueError if the name is empty, begins or ends with '/', ends in ".npy" or was there before;
    /// FileError if the file cannot be written.
    void add_text(std::string const& name, std::string_view text);
    /// @throws ValueError if the name is empty, begins or ends with '/' or was there before, or the type is not one
    /// that read_npy understands; ShapeError if the bytes do not fill the shape; FileError if the file cannot be
    /// written.
    void put(std::string const& name, ArrayView const& array) override;
    /// Puts the file in its place; nothing more can be written.
    /// @throws FileError if it cannot be written.
    void finish() { zip_.finish(); }

  private:
    void check_new(std::string const& entry);

    detail::ZipWriter zip_;
    std::set<std::string> entries_;
};

/// Writes an `.npz` file that `numpy.load` opens, all of it or nothing; the texts first, all in the order of their
/// names, so that equal contents make equal bytes.
/// @throws as `NpzWriter`.
void write_npz(std::filesystem::path const& path, Npz const& contents);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/npz.hpp>
#endif
