// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/mapped_source.hpp>

#include <boltz/data/byte_scale.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/io/detail/npy_header.hpp>
#include <boltz/io/gzip.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/io/mapped_file.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE MappedSource::MappedSource(MappedFile file, Layout const& layout)
    : file_{std::make_shared<MappedFile const>(std::move(file))}, layout_{layout} {
    std::size_t const available = file_->bytes().size();
    std::size_t const item = layout.number == Number::float64   ? sizeof(double)
                             : layout.number == Number::float32 ? sizeof(float)
                                                                : 1;
    if (layout.rows == 0 || layout.columns == 0)
        detail::fail<FormatError>("MappedSource: the layout has ", layout.rows, " rows of ", layout.columns,
                                  " columns, but must have at least 1 of each");
    if (layout.begin > available || (available - layout.begin) / item / layout.columns < layout.rows)
        detail::fail<FormatError>("MappedSource: the file has ", available, " bytes, but ", layout.rows, " rows of ",
                                  layout.columns, " numbers of ", item, " bytes from byte ", layout.begin,
                                  " on need more");
}

template <class T>
void MappedSource::load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept {
    std::byte const* const begin = file_->bytes().data() + layout_.begin;
    for (std::size_t i = 0; i < indices.size(); ++i) {
        std::size_t const first = indices[i] * layout_.columns;
        T* const row = out.row(i).data();
        if (layout_.number == Number::uint8)
            detail::bytes_to_scaled(reinterpret_cast<std::uint8_t const*>(begin + first), row, layout_.columns,
                                    static_cast<T>(layout_.scale.factor()));
        else if (layout_.number == Number::float32)
            copy_numbers<float>(begin + first * sizeof(float), row);
        else
            copy_numbers<double>(begin + first * sizeof(double), row);
    }
}

namespace detail {

BOLTZ_INLINE MappedSource::Layout layout_of_cases(std::vector<std::size_t> const& shape, char const* function,
                                                  std::string const& name) {
    if (shape.size() < 2)
        fail<FormatError>(function, ": ", name, " has rank ", shape.size(),
                          ", but must have at least 2: cases, and the numbers of each");
    MappedSource::Layout layout{.begin = 0, .rows = shape.front(), .columns = 1, .scale = 1};
    for (std::size_t i = 1; i < shape.size(); ++i) layout.columns *= shape[i];
    if (layout.rows == 0 || layout.columns == 0)
        fail<FormatError>(function, ": ", name, " is empty: its shape is ", npy_shape(shape));
    return layout;
}

BOLTZ_INLINE ByteScale scale_of_mapped(MappedFile const& file, std::size_t begin,
                                       std::optional<ByteScale> const& known) {
    if (known) return *known;
    auto const bytes = file.bytes().subspan(begin);
    return ByteScale::of(std::span{reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()});
}

} // namespace detail

BOLTZ_INLINE MappedSource map_npy(std::filesystem::path const& path, std::optional<ByteScale> scale) {
    constexpr char const* function = "map_npy";
    MappedFile file{path};
    auto const name = path.string();
    auto const header = detail::npy_layout(file.bytes(), file.bytes().size(), function, name);
    if (header.dtype != "<f4" && header.dtype != "<f8" && header.dtype != "|u1")
        detail::fail<FormatError>(function, ": ", name, " holds numbers of type '", header.dtype,
                                  "', but only <f4, <f8 and |u1 can be mapped");
    if (header.column_major)
        detail::fail<FormatError>(function, ": ", name,
                                  " is column-major, but the numbers of a case must lie side by side");
    auto layout = detail::layout_of_cases(header.shape, function, name);
    layout.begin = header.begin;
    layout.number = header.dtype == "<f8"   ? MappedSource::Number::float64
                    : header.dtype == "<f4" ? MappedSource::Number::float32
                                            : MappedSource::Number::uint8;
    if (layout.number == MappedSource::Number::uint8)
        layout.scale = detail::scale_of_mapped(file, header.begin, scale);
    return {std::move(file), layout};
}

BOLTZ_INLINE MappedSource map_idx(std::filesystem::path const& path, std::optional<ByteScale> scale) {
    constexpr char const* function = "map_idx";
    MappedFile file{path};
    auto const name = path.string();
    if (detail::is_gzip(file.bytes()))
        detail::fail<FormatError>(function, ": ", name, " is gzipped, but only a plain file can be mapped");
    auto const header = detail::idx_layout(file.bytes(), function, name);
    auto layout = detail::layout_of_cases(header.shape, function, name);
    layout.begin = header.begin;
    layout.number = MappedSource::Number::uint8;
    layout.scale = detail::scale_of_mapped(file, header.begin, scale);
    return {std::move(file), layout};
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void MappedSource::load<T>(std::span<std::size_t const> indices, Block<T> out, Draws const&)            \
        const noexcept;
#include <boltz/detail/instantiate.hpp>
