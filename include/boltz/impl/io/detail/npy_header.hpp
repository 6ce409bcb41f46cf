// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/detail/npy_header.hpp>

#include <boltz/error.hpp>
#include <boltz/io/detail/excerpt.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string npy_shape(std::vector<std::size_t> const& shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + (shape.size() == 1 ? ",)" : ")");
}

BOLTZ_INLINE bool npy_payload(std::vector<std::size_t> const& shape, std::size_t item, std::size_t& bytes) {
    bytes = item;
    if (item == 0) return true;
    if (std::find(shape.begin(), shape.end(), 0u) != shape.end()) {
        bytes = 0;
        return true;
    }
    for (auto const extent : shape) {
        if (bytes > std::numeric_limits<std::size_t>::max() / extent) return false;
        bytes *= extent;
    }
    return true;
}

BOLTZ_INLINE NpyHeader::NpyHeader(std::string_view text, std::string_view function, std::string_view where)
    : rest_{text}, function_{function}, where_{where} {
    std::array<bool, 3> seen{};
    expect('{');
    while (!accept('}')) {
        auto const key = string();
        expect(':');
        std::size_t which = 0;
        if (key == "descr") {
            read_dtype();
        } else if (key == "fortran_order") {
            which = 1;
            column_major = boolean();
        } else if (key == "shape") {
            which = 2;
            read_shape();
        } else {
            wrong("has the unknown key '" + excerpt(key) + "'");
        }
        if (std::exchange(seen[which], true)) wrong("has the key '" + key + "' twice");
        if (!accept(',') && peek() != '}') wrong("lacks a ',' or a '}'");
    }
    if (!std::all_of(seen.begin(), seen.end(), std::identity{}))
        wrong("lacks one of 'descr', 'fortran_order', 'shape'");
    if (peek() != '\0') wrong("goes on after its '}'");
}

BOLTZ_INLINE void NpyHeader::wrong(std::string const& what) const {
    fail<FormatError>(function_, ": ", where_, ": the header ", what, ", but must be NumPy's dictionary");
}

BOLTZ_INLINE char NpyHeader::peek() {
    auto const first = rest_.find_first_not_of(" \t\n");
    rest_.remove_prefix(std::min(first, rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
}

BOLTZ_INLINE bool NpyHeader::accept(char wanted) {
    if (peek() != wanted || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
}

BOLTZ_INLINE void NpyHeader::expect(char wanted) {
    if (!accept(wanted)) wrong(std::string{"lacks a '"} + wanted + "'");
}

BOLTZ_INLINE std::string NpyHeader::string() {
    char const quote = peek();
    if (quote != '\'' && quote != '"') wrong("lacks a quoted word");
    auto const end = rest_.find(quote, 1);
    if (end == std::string_view::npos) wrong("lacks a closing quote");
    std::string result{rest_.substr(1, end - 1)};
    rest_.remove_prefix(end + 1);
    return result;
}

BOLTZ_INLINE bool NpyHeader::boolean() {
    peek();
    for (bool const value : {false, true}) {
        std::string_view const word = value ? "True" : "False";
        if (!rest_.starts_with(word)) continue;
        rest_.remove_prefix(word.size());
        return value;
    }
    wrong("has a fortran_order that is neither True nor False");
}

BOLTZ_INLINE void NpyHeader::read_dtype() {
    if (peek() == '[')
        fail<ForeignArray>(function_, ": ", where_, " holds records, but only plain numbers are understood");
    dtype = string();
    auto const found = npy_type(dtype);
    if (!found)
        fail<ForeignArray>(function_, ": ", where_, " holds items of type '", excerpt(dtype), "', but only ",
                           npy_types_understood);
    type = *found;
}

BOLTZ_INLINE void NpyHeader::read_shape() {
    expect('(');
    while (!accept(')')) {
        peek();
        std::size_t extent = 0;
        auto const [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
        if (error != std::errc{}) wrong("has a shape that is not made of whole numbers");
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        if (rest_.starts_with('L')) rest_.remove_prefix(1); // a long integer of Python 2
        shape.push_back(extent);
        if (shape.size() > npy_largest_rank)
            fail<FormatError>(function_, ": ", where_, " has rank ", shape.size(), " or more, but at most ",
                              npy_largest_rank, " is understood");
        if (!accept(',') && peek() != ')') wrong("lacks a ',' or a ')'");
    }
}

BOLTZ_INLINE NpyLayout npy_layout(std::span<std::byte const> file, std::size_t size, std::string_view function,
                                  std::string_view where) {
    auto const size_at_least = [&](std::size_t needed) {
        if (size < needed)
            fail<FormatError>(function, ": ", where, " has ", size, " bytes, but its header alone needs ", needed);
    };
    auto const at = [&](std::size_t i) { return std::to_integer<std::size_t>(file[i]); };

    size_at_least(npy_magic.size());
    if (std::memcmp(file.data(), npy_magic.data(), npy_magic.size()) != 0)
        fail<FormatError>(function, ": ", where, " begins with other bytes, but a .npy file begins with \\x93NUMPY");
    size_at_least(10);
    auto const major = at(6);
    auto const minor = at(7);
    if (major < 1 || major > 3 || minor != 0)
        fail<FormatError>(function, ": ", where, " has format version ", major, ".", minor,
                          ", but only 1.0, 2.0 and 3.0 are understood");
    std::size_t const begin = major == 1 ? 10 : 12;
    size_at_least(begin);
    auto length = at(8) | at(9) << 8;
    if (major > 1) length |= at(10) << 16 | at(11) << 24;
    if (length > npy_largest_header)
        fail<FormatError>(function, ": ", where, " claims a header of ", length, " bytes, but at most ",
                          npy_largest_header, " are understood");
    size_at_least(begin + length);

    auto const* const text = reinterpret_cast<char const*>(file.data());
    NpyHeader header{std::string_view{text + begin, length}, function, where};
    auto const payload = size - begin - length;
    std::size_t claimed = 0;
    if (!npy_payload(header.shape, header.type.size, claimed) || claimed != payload)
        fail<FormatError>(function, ": ", where, " has ", payload, " bytes of numbers, but its header says shape ",
                          npy_shape(header.shape), " of ", excerpt(header.dtype));
    return {.dtype = std::move(header.dtype),
            .type = header.type,
            .shape = std::move(header.shape),
            .column_major = header.column_major,
            .begin = begin + length};
}

} // namespace detail

} // namespace boltz
