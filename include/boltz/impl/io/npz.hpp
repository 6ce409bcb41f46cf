// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/npz.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/detail/zip_reader.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/version.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE bool add_array(Npz& npz, std::string const& key, ZipEntryBytes bytes, std::uint64_t size,
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

BOLTZ_INLINE Array const& needed_array(Npz const& file, std::string const& name, std::string const& path) {
    if (auto const found = file.arrays.find(name); found != file.arrays.end()) return found->second;
    if (auto const reason = file.foreign.find(name); reason != file.foreign.end()) throw FormatError{reason->second};
    fail<FormatError>("load: ", path, " has no ", name);
}

BOLTZ_INLINE void check_entry_name(std::string_view what, std::string const& name) {
    if (name.empty() || name.front() == '/' || name.back() == '/' || name.find('\0') != std::string::npos)
        fail<ValueError>("write_npz: ", what, " has the name '", name,
                         "', but a name is not empty and neither begins nor ends with '/'");
    if (name.size() > longest_entry_name)
        fail<ValueError>("write_npz: ", what, " has a name of ", name.size(), " letters, but at most ",
                         longest_entry_name, " are possible");
}

} // namespace detail

BOLTZ_INLINE Npz read_npz(std::filesystem::path const& path, std::uint64_t limit) {
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

BOLTZ_INLINE void NpzWriter::add_text(std::string const& name, std::string_view text) {
    detail::check_entry_name("a text", name);
    if (name.ends_with(detail::npy_suffix))
        detail::fail<ValueError>("write_npz: a text has the name '", name, "', but .npy names arrays");
    check_new(name);
    zip_.add(name, {std::as_bytes(std::span{text})});
}

BOLTZ_INLINE void NpzWriter::put(std::string const& name, ArrayView const& array) {
    detail::check_entry_name("an array", name);
    std::string const header = detail::encode_npy_header(array, "write_npz", name);
    std::string entry = name + std::string{detail::npy_suffix};
    check_new(entry);
    zip_.add(std::move(entry), {std::as_bytes(std::span{header}), array.bytes});
}

BOLTZ_INLINE void NpzWriter::check_new(std::string const& entry) {
    if (!entries_.insert(entry).second)
        detail::fail<ValueError>("write_npz: there are two entries of the name '", entry, "'");
}

BOLTZ_INLINE void write_npz(std::filesystem::path const& path, Npz const& contents) {
    NpzWriter file{path};
    for (auto const& [name, text] : contents.texts) file.add_text(name, text);
    for (auto const& [name, array] : contents.arrays) file.put(name, array);
    file.finish();
}

} // namespace boltz
