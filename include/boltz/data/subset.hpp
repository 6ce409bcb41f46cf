// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Some of the cases of a source, and the split into training and validation cases.

#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// The cases with the given indices, in that order.
template <concepts::DataSource S>
class Subset {
  public:
    /// @throws ValueError if an index is out of range.
    Subset(S source, std::vector<std::size_t> indices) : source_{std::move(source)}, indices_{std::move(indices)} {
        for (std::size_t const index : indices_)
            if (index >= source_.rows())
                detail::fail<ValueError>("Subset: index ", index, " is out of range for ", source_.rows(), " rows");
    }

    [[nodiscard]] std::size_t rows() const noexcept { return indices_.size(); }
    [[nodiscard]] std::size_t columns() const noexcept { return source_.columns(); }
    [[nodiscard]] Binarisation binarisation() const noexcept { return binarisation_of(source_); }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        for (std::size_t i = 0; i < indices.size(); ++i)
            source_.load(std::span{&indices_[indices[i]], 1}, out.row_range(i, 1), draws.from_row(i));
    }

    /// The means behind what the source draws, see `MeansOf`.
    template <class T>
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        for (std::size_t i = 0; i < indices.size(); ++i)
            detail::load_means(source_, std::span{&indices_[indices[i]], 1}, out.row_range(i, 1), draws.from_row(i));
    }

  private:
    S source_;
    std::vector<std::size_t> indices_;
};

/// Indices of two disjoint sets of cases.
struct Split {
    std::vector<std::size_t> training;
    std::vector<std::size_t> validation;
};

/// Sets `validation` cases of `rows` aside at random; both parts keep the order of the data.
/// @throws ValueError if no case would be left for training.
[[nodiscard]] Split split(std::size_t rows, std::size_t validation, Random& random);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/subset.hpp>
#endif
