// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Random numbers that are named by their position, so that it does not matter who draws them.

#include <boltz/detail/philox.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace boltz {

/// A stream of random numbers addressed by (row, column): a key, and the row at which a block begins.
///
/// The number at a position does not depend on which thread asks for it, in which order, or in how many blocks.
/// Streams are derived by key: `draws.stream(update).stream(sweep)`. Philox4x32-10 (Salmon, Moraes, Dror & Shaw,
/// 2011) with counter (column, row, row's upper half, purpose). Copying is free; nothing is allocated.
class Draws {
  public:
    [[nodiscard]] static Draws from_seed(std::uint64_t seed) noexcept { return Draws{seed, 0}; }

    /// An independent stream with a name of its own.
    [[nodiscard]] Draws stream(std::uint64_t name) const noexcept {
        return Draws{detail::philox_derive(key_, name), first_row_};
    }

    /// The same stream, for a block that begins `rows` rows further down.
    [[nodiscard]] Draws from_row(std::size_t rows) const noexcept { return Draws{key_, first_row_ + rows}; }

    /// out[j] = the uniform number in [0, 1) at (row, first_column + j).
    template <class T>
    void uniform(std::size_t row, std::size_t first_column, std::span<T> out) const noexcept {
        detail::philox_uniform(key_, first_row_ + row, first_column, out.data(), out.size());
    }

    /// out[j] = the standard normal number at (row, first_column + j).
    template <class T>
    void normal(std::size_t row, std::size_t first_column, std::span<T> out) const noexcept {
        detail::philox_normal(key_, first_row_ + row, first_column, out.data(), out.size());
    }

    /// A uniform whole number in 0 .. bound - 1 (bound > 0) at (row, column), exactly uniform.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::size_t row, std::size_t column) const noexcept {
        return detail::philox_below(key_, first_row_ + row, column, bound);
    }

    /// The key and the absolute row, for kernels that draw while they compute.
    [[nodiscard]] std::uint64_t key() const noexcept { return key_; }
    [[nodiscard]] std::uint64_t first_row() const noexcept { return first_row_; }

    template <class Archive>
    void archive(Archive& archive) {
        archive("random_key", key_);
    }

  private:
    Draws(std::uint64_t key, std::uint64_t first_row) noexcept : key_{key}, first_row_{first_row} {}

    std::uint64_t key_;
    std::uint64_t first_row_;
};

} // namespace boltz
