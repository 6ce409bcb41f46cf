// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/detail/zip_reader.hpp>

#include <boltz/error.hpp>
#include <boltz/io/detail/excerpt.hpp>
#include <boltz/io/file.hpp>
#include <boltz/version.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string zip_text(zip_error_t& error) {
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

BOLTZ_INLINE ZipReader::ZipReader(std::filesystem::path const& path, std::uint64_t limit)
    : path_{path.string()}, file_{read_file(path)} {
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

BOLTZ_INLINE void ZipReader::list_entries() {
    auto const count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t status;
        zip_stat_init(&status);
        constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
        auto const index = static_cast<zip_uint64_t>(i);
        if (zip_stat_index(archive_.get(), index, 0, &status) != 0 || (status.valid & needed) != needed)
            fail<FormatError>("read_npz: ", path_, ": entry ", i, " cannot be read: ", zip_strerror(archive_.get()));
        entries_.push_back({index, status.name, status.size, status.comp_size});
    }
}

BOLTZ_INLINE void ZipReader::check_sizes(std::uint64_t limit) const {
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

BOLTZ_INLINE ZipEntryBytes::ZipEntryBytes(ZipReader const& reader, ZipEntry const& entry)
    : reader_{reader}, entry_{entry}, file_{zip_fopen_index(reader.archive(), entry.index, 0)},
      chunk_{static_cast<std::size_t>(std::min<std::uint64_t>(entry.size, 0xffff)) + 1} {
    if (!file_)
        fail<FormatError>("read_npz: ", reader_.path(), ": entry ", excerpt(entry_.name),
                          " cannot be read: ", zip_strerror(reader_.archive()));
}

BOLTZ_INLINE std::vector<std::byte> const& ZipEntryBytes::at_least(std::size_t count) {
    while (!ended_ && bytes_.size() < count) read_on();
    return bytes_;
}

BOLTZ_INLINE std::vector<std::byte> ZipEntryBytes::all() && {
    while (!ended_) read_on();
    return std::move(bytes_);
}

BOLTZ_INLINE void ZipEntryBytes::read_on() {
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

} // namespace detail

} // namespace boltz
