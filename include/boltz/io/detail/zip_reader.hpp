// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading zip archives that may lie about what they hold.

#include <boltz/version.hpp>

#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace boltz::detail {

struct ZipDiscard {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
    void operator()(zip_source_t* source) const noexcept { zip_source_free(source); }
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};
template <class T>
using ZipHandle = std::unique_ptr<T, ZipDiscard>;

// The text of libzip's error; frees what it holds.
[[nodiscard]] std::string zip_text(zip_error_t& error);

// What the archive lists of one of its entries.
struct ZipEntry {
    zip_uint64_t index = 0;
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t packed = 0; // bytes in the archive
};

// An archive, read into memory whole. Its entries are listed, and none is unpacked, once their sizes are believable:
// entries that share bytes of the file, or that unpack to more than a limit, are made to fill the memory.
class ZipReader {
  public:
    ZipReader(std::filesystem::path const& path, std::uint64_t limit);
    ZipReader(ZipReader const&) = delete;
    ZipReader& operator=(ZipReader const&) = delete;
    ~ZipReader() = default;

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] zip_t* archive() const noexcept { return archive_.get(); }
    [[nodiscard]] std::vector<ZipEntry> const& entries() const noexcept { return entries_; }

  private:
    void list_entries();

    void check_sizes(std::uint64_t limit) const;

    std::string path_;
    std::vector<std::byte> file_;
    ZipHandle<zip_t> archive_;
    std::vector<ZipEntry> entries_;
};

// The bytes of an entry, growing as they really come: the archive's word on the size is checked, not trusted.
class ZipEntryBytes {
  public:
    ZipEntryBytes(ZipReader const& reader, ZipEntry const& entry);

    // The first `count` bytes or more, or all.
    [[nodiscard]] std::vector<std::byte> const& at_least(std::size_t count);

    [[nodiscard]] std::vector<std::byte> all() &&;

  private:
    void read_on();

    ZipReader const& reader_;
    ZipEntry const& entry_;
    ZipHandle<zip_file_t> file_;
    std::vector<std::byte> bytes_;
    std::size_t chunk_; // of a small entry all, and a byte by which its end is seen
    bool ended_ = false;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/detail/zip_reader.hpp>
#endif
