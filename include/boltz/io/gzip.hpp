// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reading files that may be gzipped.

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

[[nodiscard]] bool is_gzip(std::span<std::byte const> bytes) noexcept;

struct Inflater {
    z_stream stream{};

    explicit Inflater(std::filesystem::path const& path);
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;
    ~Inflater() { inflateEnd(&stream); }
};

// One or more gzip members, nothing after them.
template <class Byte>
[[nodiscard]] std::vector<Byte> gunzip(std::span<std::byte const> input, std::uint64_t limit,
                                       std::filesystem::path const& path) {
    constexpr char const* function = "read_plain_or_gzipped: ";
    Inflater inflater{path};
    auto& stream = inflater.stream;
    std::vector<Byte> output;
    std::vector<Bytef> chunk(std::size_t{1} << 16);
    bool finished = false;
    while (!finished || !input.empty()) {
        if (finished) {
            if (!is_gzip(input))
                fail<FormatError>(function, path.string(), " has ", input.size(),
                                  " bytes after its gzip stream, but must have 0");
            inflateReset(&stream);
            finished = false;
        }
        auto const piece = std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max());
        // zlib's interface predates const; it does not write there.
        stream.next_in = const_cast<Bytef*>(reinterpret_cast<Bytef const*>(input.data()));
        stream.avail_in = static_cast<uInt>(piece);
        stream.next_out = chunk.data();
        stream.avail_out = static_cast<uInt>(chunk.size());
        int const status = inflate(&stream, Z_NO_FLUSH);
        auto const made = chunk.size() - stream.avail_out;
        input = input.subspan(piece - stream.avail_in);
        if (status == Z_BUF_ERROR || (status == Z_OK && input.empty() && made == 0))
            fail<FormatError>(function, path.string(), " is a gzip stream cut short after ", output.size() + made,
                              " decompressed bytes, but must have an end mark");
        if (status != Z_OK && status != Z_STREAM_END)
            fail<FormatError>(function, path.string(), " is a corrupt gzip stream after ", output.size() + made,
                              " decompressed bytes: ", stream.msg == nullptr ? "unknown" : stream.msg);
        if (output.size() + made > limit)
            fail<FormatError>(function, path.string(), " decompresses to more than ", limit,
                              " bytes, but that is the limit");
        auto const* const first = reinterpret_cast<Byte const*>(chunk.data());
        output.insert(output.end(), first, first + made);
        finished = status == Z_STREAM_END;
    }
    return output;
}

} // namespace detail

/// All bytes of a file, as std::byte or std::uint8_t, decompressed if it begins with gzip's magic number (whatever
/// its name says).
///
/// Several gzip members in a row are one file, as for `gzip -d`. Memory: the compressed and the decompressed bytes.
/// @param limit the largest decompressed size that is accepted, against files made to fill the memory
/// @throws FileError if the file cannot be read.
/// @throws FormatError if the gzip stream is cut short, corrupt, followed by anything else, or above the limit.
template <class Byte = std::byte>
    requires(sizeof(Byte) == 1)
[[nodiscard]] std::vector<Byte> read_plain_or_gzipped(std::filesystem::path const& path,
                                                      std::uint64_t limit = default_decompressed_limit) {
    auto bytes = read_file<Byte>(path);
    auto const seen = std::as_bytes(std::span{bytes});
    return detail::is_gzip(seen) ? detail::gunzip<Byte>(seen, limit, path) : std::move(bytes);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/gzip.hpp>
#endif
