// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Labels as the states of a softmax layer.

#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace boltz {

/// Label k as a row with a 1 in column k and zeros elsewhere. Refers to the labels, which must outlive it.
class OneHot {
  public:
    /// @throws ValueError if a label is not below `classes`.
    OneHot(std::span<std::uint8_t const> labels, std::size_t classes);

    /// Deleted for temporaries: the source only refers to its labels.
    OneHot(std::vector<std::uint8_t>&&, std::size_t) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return labels_.size(); }
    [[nodiscard]] std::size_t columns() const noexcept { return classes_; }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const&) const noexcept;

  private:
    std::span<std::uint8_t const> labels_;
    std::size_t classes_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/one_hot.hpp>
#endif
