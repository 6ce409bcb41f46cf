// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// NumPy's `.npz` format: a zip archive of named `.npy` arrays, here with named texts beside them.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/detail/zip_reader.hpp>
#include <boltz/io/detail/zip_writer.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/npy.hpp>

#include <zip.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
[[nodiscard]] inline bool add_array(Npz& npz, std::string const& key, ZipEntryBytes bytes, std::uint64_t size,
                                    std::string const& where) {
    try {
        // An array that is not of the size of its entry is refused before the rest is unpacked.
        auto layout = npy_layout(bytes.at_least(npy_largest_begin), size, "read_npz", where);
        if (layout.type.kind == 'S' && layout.shape.empty()) {
            auto const raw = std::move(bytes).all();
            auto const* const first = reinterpret_cast<char const*>(raw.data());
            std::string text{first + layout.begin, first + raw.size()};
            text.erase(text.find_last_not_of('\0') + 1); // as NumPy reads them
            return npz.texts.emplace(key, std::move(text)).second;
        }
        return npz.arrays.emplace(key, decode_npy(std::move(bytes).all(), std::move(layout), "read_npz", where))
            .second;
    } catch (ForeignArray const& reason) {
        return !npz.arrays.contains(key) && npz.foreign.emplace(key, reason.what()).second;
    }
}

/// An array that is needed.
/// @throws FormatError that names what is wrong with it: it is not there, or of a type that is not understood.
[[nodiscard]] inline Array const& needed_array(Npz const& file, std::string const& name, std::string const& path) {
    if (auto const found = file.arrays.find(name); found != file.arrays.end()) return found->second;
    if (auto const reason = file.foreign.find(name); reason != file.foreign.end()) throw FormatError{reason->second};
    fail<FormatError>("load: ", path, " has no ", name);
}

inline void check_entry_name(std::string_view what, std::string const& name) {
    if (name.empty() || name.front() == '/' || name.back() == '/' || name.find('\0') != std::string::npos)
        fail<ValueError>("write_npz: ", what, " has the name '", name,
                         "', but a name is not empty and neither begins nor ends with '/'");
    if (name.size() > longest_entry_name)
        fail<ValueError>("write_npz: ", what, " has a name of ", name.size(), " letters, but at most ",
                         longest_entry_name, " are possible");
}

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
[[nodiscard]] inline Npz read_npz(std::filesystem::path const& path,
                                  std::uint64_t limit = default_decompressed_limit) {
    detail::ZipReader const reader{path, limit};
    std::string const& name = reader.path();
    Npz result;
    for (detail::ZipEntry const& entry : reader.entries()) {
        if (entry.name.ends_with('/')) continue; // a folder
        detail::ZipEntryBytes bytes{reader, entry};
        auto const where = name + ": entry " + detail::excerpt(entry.name);
        bool added = false;
        if (entry.name.ends_with(detail::npy_suffix)) {
            auto const key = entry.name.substr(0, entry.name.size() - detail::npy_suffix.size());
            added =
                !result.foreign.contains(key) && detail::add_array(result, key, std::move(bytes), entry.size, where);
        } else {
            auto const raw = std::move(bytes).all();
            std::string text{reinterpret_cast<char const*>(raw.data()), raw.size()};
            added = result.texts.emplace(entry.name, std::move(text)).second;
        }
        if (!added) detail::fail<FormatError>("read_npz: ", where, " is there twice");
    }
    return result;
}

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
    void add_text(std::string const& name, std::string_view text) {
        detail::check_entry_name("a text", name);
        if (name.ends_with(detail::npy_suffix))
            detail::fail<ValueError>("write_npz: a text has the name '", name, "', but .npy names arrays");
        check_new(name);
        zip_.add(name, {std::as_bytes(std::span{text})});
    }
    /// @throws ValueError if the name is empty, begins or ends with '/' or was there before, or the type is not one
    /// that read_npy understands; ShapeError if the bytes do not fill the shape; FileError if the file cannot be
    /// written.
    void put(std::string const& name, ArrayView const& array) override {
        detail::check_entry_name("an array", name);
        std::string const header = detail::encode_npy_header(array, "write_npz", name);
        std::string entry = name + std::string{detail::npy_suffix};
        check_new(entry);
        zip_.add(std::move(entry), {std::as_bytes(std::span{header}), array.bytes});
    }
    /// Puts the file in its place; nothing more can be written.
    /// @throws FileError if it cannot be written.
    void finish() { zip_.finish(); }

  private:
    void check_new(std::string const& entry) {
        if (!entries_.insert(entry).second)
            detail::fail<ValueError>("write_npz: there are two entries of the name '", entry, "'");
    }

    detail::ZipWriter zip_;
    std::set<std::string> entries_;
};

/// Writes an `.npz` file that `numpy.load` opens, all of it or nothing; the texts first, all in the order of their
/// names, so that equal contents make equal bytes.
/// @throws as `NpzWriter`.
inline void write_npz(std::filesystem::path const& path, Npz const& contents) {
    NpzWriter file{path};
    for (auto const& [name, text] : contents.texts) file.add_text(name, text);
    for (auto const& [name, array] : contents.arrays) file.put(name, array);
    file.finish();
}

} // namespace boltz
