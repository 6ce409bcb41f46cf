// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading zip archives that may lie about what they hold.

#include <boltz/error.hpp>
#include <boltz/io/detail/excerpt.hpp>
#include <boltz/io/file.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
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
[[nodiscard]] inline std::string zip_text(zip_error_t& error) {
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

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
    ZipReader(std::filesystem::path const& path, std::uint64_t limit) : path_{path.string()}, file_{read_file(path)} {
        // libzip would call this an archive to be made.
        if (file_.empty()) fail<FormatError>("read_npz: ", path_, " has 0 bytes, but a zip archive has at least 22");
        zip_error_t error;
        zip_error_init(&error);
        ZipHandle<zip_source_t> source{zip_source_buffer_create(file_.data(), file_.size(), 0, &error)};
        if (!source) fail<Error>("read_npz: ", path_, ": ", zip_text(error));
        archive_.reset(zip_open_from_source(source.get(), ZIP_RDONLY, &error));
        if (!archive_)
            fail<FormatError>("read_npz: ", path_, " has ", file_.size(),
                              " bytes, but they are no whole zip archive: ", zip_text(error));
        static_cast<void>(source.release());
        zip_error_fini(&error);
        list_entries();
        check_sizes(limit);
    }
    ZipReader(ZipReader const&) = delete;
    ZipReader& operator=(ZipReader const&) = delete;
    ~ZipReader() = default;

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] zip_t* archive() const noexcept { return archive_.get(); }
    [[nodiscard]] std::vector<ZipEntry> const& entries() const noexcept { return entries_; }

  private:
    void list_entries() {
        auto const count = zip_get_num_entries(archive_.get(), 0);
        for (zip_int64_t i = 0; i < count; ++i) {
            zip_stat_t status;
            zip_stat_init(&status);
            constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
            auto const index = static_cast<zip_uint64_t>(i);
            if (zip_stat_index(archive_.get(), index, 0, &status) != 0 || (status.valid & needed) != needed)
                fail<FormatError>("read_npz: ", path_, ": entry ", i,
                                  " cannot be read: ", zip_strerror(archive_.get()));
            entries_.push_back({index, status.name, status.size, status.comp_size});
        }
    }

    void check_sizes(std::uint64_t limit) const {
        auto const add = [](std::uint64_t& sum, std::uint64_t size) {
            sum += std::min(size, std::numeric_limits<std::uint64_t>::max() - sum);
        };
        std::uint64_t size = 0;
        std::uint64_t packed = 0;
        for (ZipEntry const& entry : entries_) {
            add(size, entry.size);
            add(packed, entry.packed);
        }
        if (packed > file_.size())
            fail<FormatError>("read_npz: ", path_, " has ", file_.size(), " bytes, but its ", entries_.size(),
                              " entries claim ", packed, " of them");
        // What is not compressed takes no more than the file does.
        if (size > limit && size > file_.size())
            fail<FormatError>("read_npz: ", path_, " unpacks to ", size, " bytes, but the limit is ", limit);
    }

    std::string path_;
    std::vector<std::byte> file_;
    ZipHandle<zip_t> archive_;
    std::vector<ZipEntry> entries_;
};

// The bytes of an entry, growing as they really come: the archive's word on the size is checked, not trusted.
class ZipEntryBytes {
  public:
    ZipEntryBytes(ZipReader const& reader, ZipEntry const& entry)
        : reader_{reader}, entry_{entry}, file_{zip_fopen_index(reader.archive(), entry.index, 0)},
          chunk_{static_cast<std::size_t>(std::min<std::uint64_t>(entry.size, 0xffff)) + 1} {
        if (!file_)
            fail<FormatError>("read_npz: ", reader_.path(), ": entry ", excerpt(entry_.name),
                              " cannot be read: ", zip_strerror(reader_.archive()));
    }

    // The first `count` bytes or more, or all.
    [[nodiscard]] std::vector<std::byte> const& at_least(std::size_t count) {
        while (!ended_ && bytes_.size() < count) read_on();
        return bytes_;
    }

    [[nodiscard]] std::vector<std::byte> all() && {
        while (!ended_) read_on();
        return std::move(bytes_);
    }

  private:
    void read_on() {
        auto const size = bytes_.size();
        bytes_.resize(size + chunk_);
        auto const count = zip_fread(file_.get(), bytes_.data() + size, chunk_);
        if (count < 0)
            fail<FormatError>("read_npz: ", reader_.path(), ": entry ", excerpt(entry_.name),
                              " is corrupt: ", zip_file_strerror(file_.get()));
        bytes_.resize(size + static_cast<std::size_t>(count));
        chunk_ = std::min(2 * chunk_, std::size_t{1} << 26);
        ended_ = count == 0;
        if (bytes_.size() > entry_.size || (ended_ && bytes_.size() < entry_.size))
            fail<FormatError>("read_npz: ", reader_.path(), ": entry ", excerpt(entry_.name), " has ", bytes_.size(),
                              ended_ ? " bytes" : " bytes or more", ", but the archive says ", entry_.size);
    }

    ZipReader const& reader_;
    ZipEntry const& entry_;
    ZipHandle<zip_file_t> file_;
    std::vector<std::byte> bytes_;
    std::size_t chunk_; // of a small entry all, and a byte by which its end is seen
    bool ended_ = false;
};

} // namespace boltz::detail
