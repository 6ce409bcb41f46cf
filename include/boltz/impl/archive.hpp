// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/archive.hpp>

#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boltz {

template <std::floating_point T>
void Archive::operator()(std::string_view name, Matrix<T>& matrix) {
    visit(name, type_of<T>(), {matrix.shape(0), matrix.shape(1)}, matrix.data(), matrix.size() * sizeof(T));
}

template <std::floating_point T>
void Archive::operator()(std::string_view name, Vector<T>& vector) {
    visit(name, type_of<T>(), {vector.shape(0)}, vector.data(), vector.size() * sizeof(T));
}

template <std::floating_point T>
void Archive::operator()(std::string_view name, Block<T> block) {
    Matrix<T> copy = zero_matrix<T>(block.rows, block.columns);
    if (mode_ == Mode::saving) boltz::copy<T>(block, Block{copy});
    (*this)(name, copy);
    if (mode_ == Mode::loading) boltz::copy<T>(copy, block);
}

template <std::floating_point T>
void Archive::operator()(std::string_view name, std::span<T> numbers) {
    visit(name, type_of<T>(), {numbers.size()}, numbers.data(), numbers.size_bytes());
}

BOLTZ_INLINE void Archive::put(std::string_view name, ArrayView const& array) {
    std::string const key = prefix_ + std::string{name};
    if (sink_ != nullptr)
        sink_->put(key, array);
    else
        arrays_.insert_or_assign(
            key, Array{std::string{array.dtype}, array.shape, {array.bytes.begin(), array.bytes.end()}});
}

BOLTZ_INLINE std::uint64_t Archive::stored(std::string_view name) {
    std::uint64_t value = 0;
    visit(name, "<u8", {}, &value, sizeof value, Mode::loading);
    return value;
}

BOLTZ_INLINE std::string Archive::text(std::string const& dtype, std::vector<std::size_t> const& shape) {
    std::string result = dtype + " (";
    for (std::size_t const extent : shape) result += std::to_string(extent) + ",";
    return result + ")";
}

BOLTZ_INLINE void Archive::visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape,
                                 void* data, std::size_t bytes) {
    visit(name, dtype, shape, data, bytes, mode_);
}

BOLTZ_INLINE void Archive::visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape,
                                 void* data, std::size_t bytes, Mode mode) {
    if (mode == Mode::saving) {
        put(name, {dtype, shape, {static_cast<std::byte const*>(data), bytes}});
        return;
    }
    std::string const key = prefix_ + std::string{name};
    auto const found = arrays_.find(key);
    if (found == arrays_.end()) detail::fail<FormatError>("Archive: there is no array '", key, "'");
    Array const& array = found->second;
    if (array.dtype != dtype || array.shape != shape || array.bytes.size() != bytes)
        detail::fail<FormatError>("Archive: array '", key, "' is ", text(array.dtype, array.shape), ", but ",
                                  text(dtype, shape), " is expected");
    if (mode == Mode::loading && bytes > 0) std::memcpy(data, array.bytes.data(), bytes);
}

BOLTZ_INLINE void StateVisit::archive(Archive& archive) const {
    if (visit_) visit_(archive);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Archive::operator()(std::string_view name, Matrix<T>& matrix);                                     \
    template void Archive::operator()(std::string_view name, Vector<T>& vector);                                     \
    template void Archive::operator()(std::string_view name, Block<T> block);                                        \
    template void Archive::operator()(std::string_view name, std::span<T> numbers);
#include <boltz/detail/instantiate.hpp>
