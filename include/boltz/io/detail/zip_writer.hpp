// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Writing zip archives, entry by entry.

#include <boltz/io/file.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz::detail {

/// A zip archive of uncompressed entries (PKWARE's APPNOTE 6.3.10, 4.3), each written to the file as soon as it is
/// there: memory for the list of entries is all that is needed. What needs more than 32 bits has the fields of Zip64.
/// Equal contents make equal bytes.
class ZipWriter {
  public:
    /// @throws FileError if the file cannot be written.
    explicit ZipWriter(std::filesystem::path path) : file_{std::move(path)} {}

    /// Writes an entry that holds these pieces, one behind the other.
    /// @throws FileError if the disk is full.
    void add(std::string name, std::initializer_list<std::span<std::byte const>> pieces);

    /// Writes the list of all entries and puts the file in its place.
    /// @throws FileError if the disk is full.
    void finish();

  private:
    struct Entry {
        std::string name;
        std::uint32_t checksum;
        std::uint64_t size;
        std::uint64_t begin; // in the file
    };

    // Numbers of so many bytes, the lowest first.
    struct Record {
        std::vector<std::byte> bytes;

        void number(std::uint64_t value, std::size_t size);
        void text(std::string const& characters);
    };

    static constexpr std::uint64_t large_number = std::numeric_limits<std::uint32_t>::max();
    static constexpr unsigned further_fields = 0x0001; // of Zip64
    static constexpr unsigned version_of_large = 45;   // of the format, 4.5
    static constexpr unsigned made_by_unix = 0x033f;

    // What both headers of an entry have in common.
    static void describe(Record& record, Entry const& entry, bool large);

    static Record listed(Entry const& entry);

    void write(std::span<std::byte const> bytes);

    AtomicFile file_;
    std::vector<Entry> entries_;
    std::uint64_t written_ = 0;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/detail/zip_writer.hpp>
#endif
