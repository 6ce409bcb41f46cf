// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// NumPy's `.npz` format: a zip archive of named `.npy` arrays, here with named texts beside them.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/io/zip_reader.hpp>

#include <zip.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
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

class ZipWriter {
  public:
    ZipWriter() {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* const buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
        if (buffer == nullptr) fail<Error>("write_npz: libzip cannot start: ", zip_text(error));
        memory_.reset(buffer);
        archive_.reset(zip_open_from_source(buffer, ZIP_TRUNCATE, &error));
        if (!archive_) fail<Error>("write_npz: libzip cannot start: ", zip_text(error));
        zip_source_keep(buffer);
        zip_error_fini(&error);
    }

    // The pieces must outlive finish().
    void add(std::string const& name, std::vector<zip_buffer_fragment_t> const& pieces) {
        zip_error_t error;
        zip_error_init(&error);
        auto* const source = zip_source_buffer_fragment_create(pieces.data(), pieces.size(), 0, &error);
        if (source == nullptr) fail<Error>("write_npz: entry ", name, ": ", zip_text(error));
        zip_error_fini(&error);
        auto const index = zip_file_add(archive_.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(source);
            fail<Error>("write_npz: entry ", name, ": ", zip_strerror(archive_.get()));
        }
        // One date for all (the first that zip knows), so that equal contents make equal files.
        constexpr zip_uint16_t first_of_january_1980 = 0x0021;
        auto const position = static_cast<zip_uint64_t>(index);
        if (zip_set_file_compression(archive_.get(), position, ZIP_CM_STORE, 0) != 0 ||
            zip_file_set_dostime(archive_.get(), position, 0, first_of_january_1980, 0) != 0)
            fail<Error>("write_npz: entry ", name, ": ", zip_strerror(archive_.get()));
    }

    [[nodiscard]] std::vector<std::byte> finish() {
        if (zip_get_num_entries(archive_.get(), 0) == 0) {
            // libzip would delete the file; an archive of nothing is this end record.
            std::vector<std::byte> nothing(22);
            std::ranges::copy(std::array{std::byte{'P'}, std::byte{'K'}, std::byte{5}, std::byte{6}},
                              nothing.begin());
            return nothing;
        }
        if (zip_close(archive_.get()) != 0) fail<Error>("write_npz: ", zip_strerror(archive_.get()));
        static_cast<void>(archive_.release());
        zip_stat_t status;
        zip_stat_init(&status);
        if (zip_source_stat(memory_.get(), &status) != 0 || zip_source_open(memory_.get()) != 0)
            fail<Error>("write_npz: ", zip_error_strerror(zip_source_error(memory_.get())));
        std::vector<std::byte> bytes(status.size);
        auto const count = zip_source_read(memory_.get(), bytes.data(), status.size);
        zip_source_close(memory_.get());
        if (count < 0 || static_cast<zip_uint64_t>(count) != status.size)
            fail<Error>("write_npz: libzip gave ", count, " bytes of its archive, but said ", status.size);
        return bytes;
    }

  private:
    ZipHandle<zip_source_t> memory_;
    ZipHandle<zip_t> archive_;
};

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

/// Writes an `.npz` file that `numpy.load` opens, all of it or nothing.
///
/// Arrays become uncompressed entries `<name>.npy`, texts entries of their own names; equal contents make equal
/// bytes. Memory: the file once more.
/// @throws ValueError if a name is empty, begins or ends with '/', a text's name ends in ".npy", or the type of an
///         array is not one that read_npy understands; ShapeError if its bytes do not fill its shape.
/// @throws FileError if the file cannot be written.
inline void write_npz(std::filesystem::path const& path, Npz const& contents) {
    std::vector<std::string> headers;
    headers.reserve(contents.arrays.size());
    detail::ZipWriter writer;
    // libzip takes pointers to bytes that it only reads.
    auto const piece = [](void const* data, std::size_t size) {
        return zip_buffer_fragment_t{static_cast<zip_uint8_t*>(const_cast<void*>(data)), size};
    };
    for (auto const& [name, text] : contents.texts) {
        detail::check_entry_name("a text", name);
        if (name.ends_with(detail::npy_suffix))
            detail::fail<ValueError>("write_npz: a text has the name '", name, "', but .npy names arrays");
        writer.add(name, {piece(text.data(), text.size())});
    }
    for (auto const& [name, array] : contents.arrays) {
        detail::check_entry_name("an array", name);
        auto const& header = headers.emplace_back(detail::encode_npy_header(array, "write_npz", name));
        std::vector<zip_buffer_fragment_t> pieces{piece(header.data(), header.size())};
        if (!array.bytes.empty()) pieces.push_back(piece(array.bytes.data(), array.bytes.size()));
        writer.add(name + std::string{detail::npy_suffix}, pieces);
    }
    write_file_atomically(path, writer.finish());
}

} // namespace boltz
