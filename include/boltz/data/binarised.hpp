// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Grey values as zeros and ones.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace boltz {

/// How grey values in [0, 1] become states. It belongs beside every number: likelihoods of differently binarised data
/// do not compare.
enum class Binarisation {
    none,       ///< grey values are used as they are, as means
    stochastic, ///< 1 with the grey value as probability, drawn afresh at each presentation
    fixed,      ///< drawn once: the same binary image at each presentation
    threshold   ///< 1 where the grey value is above 1/2
};

/// The name of a protocol, for reports and files.
[[nodiscard]] constexpr std::string_view to_string(Binarisation binarisation) noexcept {
    switch (binarisation) {
    case Binarisation::stochastic: return "stochastic";
    case Binarisation::fixed: return "fixed";
    case Binarisation::threshold: return "threshold";
    case Binarisation::none: break;
    }
    return "none";
}

/// A source whose grey values are binarised while a block is loaded; nothing is stored.
///
/// Fixed binarisation names its random numbers by the case's index, so every presentation draws the same ones;
/// `seed` chooses among the possible data sets.
template <concepts::DataSource S>
class Binarised {
  public:
    Binarised(S source, Binarisation binarisation, std::uint64_t seed = 0)
        : source_{std::move(source)}, binarisation_{binarisation}, fixed_{Draws::from_seed(seed)} {}

    [[nodiscard]] std::size_t rows() const noexcept { return source_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept { return source_.columns(); }
    [[nodiscard]] Binarisation binarisation() const noexcept { return binarisation_; }
    /// The grey values.
    [[nodiscard]] S const& source() const noexcept { return source_; }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        source_.load(indices, out, draws.stream(0));
        for (std::size_t i = 0; i < indices.size(); ++i) {
            T* const row = out.row(i).data();
            if (binarisation_ == Binarisation::stochastic) {
                Draws const own = draws.stream(1);
                detail::draw_bernoulli(row, row, own.key(), own.first_row() + i, 0, out.columns);
            } else if (binarisation_ == Binarisation::fixed) {
                detail::draw_bernoulli(row, row, fixed_.key(), indices[i], 0, out.columns);
            } else if (binarisation_ == Binarisation::threshold) {
                for (std::size_t j = 0; j < out.columns; ++j) row[j] = row[j] > T{0.5} ? T{1} : T{0};
            }
        }
    }

    /// The same without what is drawn afresh at each presentation: stochastic binarisation gives its grey values.
    template <class T>
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        if (binarisation_ == Binarisation::stochastic)
            source_.load(indices, out, draws.stream(0));
        else
            load(indices, out, draws);
    }

  private:
    S source_;
    Binarisation binarisation_;
    Draws fixed_;
};

/// The protocol of any source; one without `binarisation()` uses its values as they are.
template <class S>
[[nodiscard]] Binarisation binarisation_of(S const& source) noexcept {
    if constexpr (requires { source.binarisation(); }) return source.binarisation();
    return Binarisation::none;
}

} // namespace boltz
