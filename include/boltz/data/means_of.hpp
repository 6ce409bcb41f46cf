// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The means behind what a source draws.

#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace boltz {

namespace detail {

/// The source's `load_means`, or its `load` where it has none.
template <concepts::DataSource S, class T>
void load_means(S const& source, std::span<std::size_t const> indices, Block<T> out, Draws const& draws) {
    if constexpr (requires { source.load_means(indices, out, draws); })
        source.load_means(indices, out, draws);
    else
        source.load(indices, out, draws);
}

} // namespace detail

/// A source without what it draws afresh at each presentation: the grey values behind stochastically binarised ones,
/// the means behind sampled states. A source that draws nothing (or the same each time) is as it was.
template <concepts::DataSource S>
class MeansOf {
  public:
    explicit MeansOf(S source) : source_{std::move(source)} {}

    [[nodiscard]] std::size_t rows() const noexcept { return source_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept { return source_.columns(); }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        detail::load_means(source_, indices, out, draws);
    }

  private:
    S source_;
};

} // namespace boltz
