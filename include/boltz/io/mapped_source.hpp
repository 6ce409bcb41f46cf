// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases from files that may be larger than memory.

#include <boltz/data/byte_scale.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/io/mapped_file.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {

/// The rows of an array in a mapped file, made by `map_npy` and `map_idx`.
///
/// Only the pages of the rows that are loaded are read. A training reads all rows once before it begins, in order,
/// and then in the order of `FitOptions::shuffle`: with `Shuffle::blocks` it reads a file that is larger than memory
/// in long runs, while a random order would fetch some pages for each case. Copies share the mapping, which lasts as
/// long as one of them. Loading allocates nothing.
class MappedSource {
  public:
    /// What the numbers of a file are.
    enum class Number { float32, float64, uint8 };

    /// Where cases lie in a file.
    struct Layout {
        std::size_t begin = 0; ///< bytes before the first case
        std::size_t rows = 0;
        std::size_t columns = 0;
        Number number = Number::float32;
        ByteScale scale = 1; ///< factor of bytes
    };

    /// Cases of a file without a header that could be checked. Little-endian, row-major, no gaps.
    /// @throws FormatError if there are no cases, or the file has not enough bytes for them.
    MappedSource(MappedFile file, Layout const& layout);

    [[nodiscard]] std::size_t rows() const noexcept { return layout_.rows; }
    [[nodiscard]] std::size_t columns() const noexcept { return layout_.columns; }

    /// What bytes are multiplied with, and whether the rule of `ByteScale` chose it.
    [[nodiscard]] ByteScale scale() const noexcept { return layout_.scale; }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;

  private:
    // Numbers need not lie at multiples of their size in a file.
    template <class From, class T>
    void copy_numbers(std::byte const* from, T* to) const noexcept {
        if constexpr (std::is_same_v<T, From>) {
            std::memcpy(to, from, layout_.columns * sizeof(T));
        } else {
            for (std::size_t j = 0; j < layout_.columns; ++j) {
                From number = 0;
                std::memcpy(&number, from + j * sizeof(From), sizeof(From));
                to[j] = static_cast<T>(number);
            }
        }
    }

    std::shared_ptr<MappedFile const> file_;
    Layout layout_;
};

namespace detail {

// Rows and columns of an array whose first index counts the cases.
[[nodiscard]] MappedSource::Layout layout_of_cases(std::vector<std::size_t> const& shape, char const* function,
                                                   std::string const& name);

// The factor of mapped bytes: what the caller knows, or the rule for all bytes from `begin` on.
[[nodiscard]] ByteScale scale_of_mapped(MappedFile const& file, std::size_t begin,
                                        std::optional<ByteScale> const& known);

} // namespace detail

/// The cases of a `.npy` file of type <f4, <f8 or |u1 without reading them. The first index counts the cases, all
/// others together are their columns: (60000, 784) and (60000, 28, 28) are the same. Bytes are multiplied by `scale`;
/// without one the rule of `ByteScale` decides, which reads up to the first byte above 1.
/// @throws FileError if the file cannot be opened.
/// @throws FormatError if it is foreign, truncated, too long, column-major, empty, of rank 0 or 1, or of another
/// type.
[[nodiscard]] MappedSource map_npy(std::filesystem::path const& path, std::optional<ByteScale> scale = std::nullopt);

/// The cases of an IDX file of unsigned bytes, such as MNIST's images, without reading them; times `scale`, see
/// `map_npy`.
///
/// It must be plain: what is gzipped can only be read from its beginning.
/// @throws FileError if the file cannot be opened.
/// @throws FormatError if it is foreign, gzipped, truncated, too long, empty, or of rank 1.
[[nodiscard]] MappedSource map_idx(std::filesystem::path const& path, std::optional<ByteScale> scale = std::nullopt);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/mapped_source.hpp>
#endif
