// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/npy.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/detail/npy_header.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE void npy_make_row_major(Array& array, std::size_t item) {
    std::size_t const rank = array.shape.size();
    if (rank < 2 || array.bytes.empty()) return;
    std::vector<std::size_t> step(rank, item);
    for (std::size_t i = 1; i < rank; ++i) step[i] = step[i - 1] * array.shape[i - 1];
    std::vector<std::byte> ordered(array.bytes.size());
    std::vector<std::size_t> index(rank, 0);
    std::size_t from = 0;
    for (std::size_t to = 0; to < ordered.size(); to += item) {
        std::memcpy(ordered.data() + to, array.bytes.data() + from, item);
        for (std::size_t i = rank; i-- > 0;) {
            from += step[i];
            if (++index[i] < array.shape[i]) break;
            from -= step[i] * std::exchange(index[i], 0);
        }
    }
    array.bytes = std::move(ordered);
}

BOLTZ_INLINE Array decode_npy(std::vector<std::byte> file, NpyLayout layout, std::string_view function,
                              std::string_view where) {
    if (layout.type.stored.empty())
        fail<ForeignArray>(function, ": ", where, " holds texts of type '", layout.dtype, "', but only ",
                           npy_types_understood);
    file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(layout.begin));
    Array array{.dtype = std::string{layout.type.stored},
                .shape = std::move(layout.shape),
                .bytes = npy_in_memory(std::move(file), layout.type)};
    if (layout.column_major) npy_make_row_major(array, npy_item_size(array.dtype));
    return array;
}

BOLTZ_INLINE std::string encode_npy_header(ArrayView const& array, char const* function, std::string_view name) {
    auto const item = npy_item_size(array.dtype);
    if (item == 0)
        fail<ValueError>(function, ": array '", name, "' has type '", array.dtype,
                         "', but must be one of <f4, <f8, <i4, <i8, <u8 and |u1");
    std::size_t size = 0;
    if (array.shape.size() > npy_largest_rank)
        fail<ShapeError>(function, ": array '", name, "' has rank ", array.shape.size(), ", but at most ",
                         npy_largest_rank, " is possible");
    if (!npy_payload(array.shape, item, size) || size != array.bytes.size())
        fail<ShapeError>(function, ": array '", name, "' has ", array.bytes.size(), " bytes, but its shape ",
                         npy_shape(array.shape), " of ", array.dtype, " needs another number");
    std::string text = "{'descr': '" + std::string{array.dtype} +
                       "', 'fortran_order': False, 'shape': " + npy_shape(array.shape) + ", }";
    // The numbers begin at a multiple of 64 bytes, as the format asks.
    constexpr std::size_t begin = 10;
    text.append(63 - (begin + text.size()) % 64, ' ');
    text += '\n';
    std::string header{npy_magic};
    header += '\x01';
    header += '\0';
    header += static_cast<char>(text.size() & 0xff);
    header += static_cast<char>(text.size() >> 8);
    return header + text;
}

} // namespace detail

BOLTZ_INLINE Array read_npy(std::filesystem::path const& path) {
    auto file = read_file(path);
    auto layout = detail::npy_layout(file, file.size(), "read_npy", path.string());
    return detail::decode_npy(std::move(file), std::move(layout), "read_npy", path.string());
}

BOLTZ_INLINE void write_npy(std::filesystem::path const& path, Array const& array) {
    auto const header = detail::encode_npy_header(array, "write_npy", path.filename().string());
    detail::AtomicFile file{path};
    file.write(std::as_bytes(std::span{header}));
    file.write(array.bytes);
    file.commit();
}

} // namespace boltz
