// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// NumPy's `.npz` format: a zip archive of named `.npy` arrays, here with named texts beside them.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
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
};

namespace detail {

inline constexpr std::string_view npy_suffix = ".npy";

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

// All bytes of an entry, growing as they really come: the archive's word on the size is checked, not trusted.
[[nodiscard]] inline std::vector<std::byte> read_zip_entry(zip_t* archive, zip_uint64_t index,
                                                           std::string const& path) {
    zip_stat_t status;
    zip_stat_init(&status);
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE;
    if (zip_stat_index(archive, index, 0, &status) != 0 || (status.valid & needed) != needed)
        fail<FormatError>("read_npz: ", path, ": entry ", index, " cannot be read: ", zip_strerror(archive));
    ZipHandle<zip_file_t> const file{zip_fopen_index(archive, index, 0)};
    if (!file)
        fail<FormatError>("read_npz: ", path, ": entry ", status.name, " cannot be read: ", zip_strerror(archive));
    std::vector<std::byte> bytes;
    std::size_t size = 0;
    for (std::size_t chunk = std::size_t{1} << 16;; chunk = std::min(2 * chunk, std::size_t{1} << 26)) {
        bytes.resize(size + chunk);
        auto const count = zip_fread(file.get(), bytes.data() + size, chunk);
        if (count < 0)
            fail<FormatError>("read_npz: ", path, ": entry ", status.name,
                              " is corrupt: ", zip_file_strerror(file.get()));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
        if (size > status.size) break;
    }
    if (size != status.size)
        fail<FormatError>("read_npz: ", path, ": entry ", status.name, " has ", size,
                          size > status.size ? " bytes or more" : " bytes", ", but the archive says ", status.size);
    bytes.resize(size);
    return bytes;
}

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

inline void check_entry_name(std::string_view what, std::string const& name) {
    if (name.empty() || name.front() == '/' || name.back() == '/' || name.find('\0') != std::string::npos)
        fail<ValueError>("write_npz: ", what, " has the name '", name,
                         "', but a name is not empty and neither begins nor ends with '/'");
}

} // namespace detail

/// Reads an `.npz` file, stored or deflated: what `write_npz`, `numpy.savez` and `numpy.savez_compressed` write.
///
/// Every array is checked as by read_npy, every entry against its checksum and size. Names keep their '/'.
/// Memory: the file, what it holds, and one entry again.
/// @throws FileError if the file cannot be read.
/// @throws FormatError if it is foreign, truncated, corrupt, has an array of another type or an entry twice; the
///         message names the file, the entry and both values.
[[nodiscard]] inline Npz read_npz(std::filesystem::path const& path) {
    auto const name = path.string();
    auto const file = read_file(path);
    // libzip would call this an archive to be made.
    if (file.empty())
        detail::fail<FormatError>("read_npz: ", name, " has 0 bytes, but a zip archive has at least 22");
    zip_error_t error;
    zip_error_init(&error);
    detail::ZipHandle<zip_source_t> source{zip_source_buffer_create(file.data(), file.size(), 0, &error)};
    if (!source) detail::fail<Error>("read_npz: ", name, ": ", detail::zip_text(error));
    detail::ZipHandle<zip_t> const archive{zip_open_from_source(source.get(), ZIP_RDONLY, &error)};
    if (!archive)
        detail::fail<FormatError>("read_npz: ", name, " has ", file.size(),
                                  " bytes, but they are no whole zip archive: ", detail::zip_text(error));
    static_cast<void>(source.release());
    zip_error_fini(&error);

    Npz result;
    auto const count = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        auto const index = static_cast<zip_uint64_t>(i);
        char const* const raw = zip_get_name(archive.get(), index, 0);
        if (raw == nullptr) detail::fail<FormatError>("read_npz: ", name, ": entry ", i, " has no name");
        std::string entry = raw;
        if (entry.ends_with('/')) continue; // a folder
        auto bytes = detail::read_zip_entry(archive.get(), index, name);
        bool added = false;
        if (entry.ends_with(detail::npy_suffix)) {
            auto array = detail::decode_npy(std::move(bytes), name + ": entry " + entry);
            auto const key = entry.substr(0, entry.size() - detail::npy_suffix.size());
            added = result.arrays.emplace(key, std::move(array)).second;
        } else {
            std::string text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
            added = result.texts.emplace(entry, std::move(text)).second;
        }
        if (!added) detail::fail<FormatError>("read_npz: ", name, ": entry ", entry, " is there twice");
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
