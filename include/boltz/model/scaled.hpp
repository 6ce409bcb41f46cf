// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A field whose layers listen louder or softer than they do.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// For each layer, a factor on the natural parameter of each of its parts, or one for the whole layer.
template <std::size_t Depth>
using LayerFactors = std::array<std::vector<double>, Depth>;

/// A field seen through factors: the natural parameters x of each part of each layer become factor * x, bias
/// included.
///
/// Doubled-input pretraining trains an RBM through this view: {1, 2} is the doubled up-pass, {2, 1} the doubled
/// down-pass, and {{2, 1}, 1} doubles what h1 hears but not what the labels beside it hear. No factor may be 0.
/// Refers to the field and the factors, which must outlive it.
template <concepts::Field F>
class Scaled {
  public:
    static constexpr std::size_t depth = F::depth;
    using value_type = typename F::value_type;

    /// @throws ShapeError if a layer has neither one factor nor one for each of its parts.
    Scaled(F const& field, LayerFactors<depth> const& factors) : field_{&field}, factors_{&factors} {
        detail::for_each_index<depth>([&](auto l) {
            std::size_t const parts = parts_of<typename std::remove_cvref_t<decltype(layer<l>())>::unit_type>();
            if (factors[l].size() != 1 && factors[l].size() != parts)
                detail::fail<ShapeError>("Scaled: layer ", l, " has ", parts, " parts, but ", factors[l].size(),
                                         " factors");
        });
    }
    Scaled(F const&, LayerFactors<depth> const&&) = delete;

    template <std::size_t I>
    [[nodiscard]] auto const& layer() const noexcept {
        return field_->template layer<I>();
    }
    [[nodiscard]] std::array<std::size_t, depth> sizes() const noexcept { return field_->sizes(); }

    template <std::size_t I>
    void input(StateBlocks<value_type, depth> const& states, Block<value_type> out, Factors factors = {}) const {
        auto const& parts = (*factors_)[I];
        using UnitType = typename std::remove_cvref_t<decltype(layer<I>())>::unit_type;
        if constexpr (requires { UnitType::parts; }) {
            if (parts.size() > 1) {
                for (std::size_t p = 0; p < parts.size(); ++p)
                    keep_aside(layer<I>().unit().columns(out, p), factors.keep, parts[p]);
                field_->template input<I>(states, out, factors);
                for (std::size_t p = 0; p < parts.size(); ++p) multiply(layer<I>().unit().columns(out, p), parts[p]);
                return;
            }
        }
        double const f = parts[0];
        field_->template input<I>(states, out,
                                  {factors.below * f, factors.above * f, factors.bias * f, factors.keep});
    }

  private:
    template <class U>
    static constexpr std::size_t parts_of() {
        if constexpr (requires { U::parts; })
            return U::parts;
        else
            return 1;
    }

    // What is kept must not be multiplied a second time.
    static void keep_aside(Block<value_type> block, double keep, double factor) {
        if (keep != 0 && factor != 0) multiply(block, 1 / factor);
    }
    static void multiply(Block<value_type> block, double factor) {
        detail::scale_rows(block, static_cast<value_type>(factor));
    }

    F const* field_;
    LayerFactors<depth> const* factors_;
};

} // namespace boltz
