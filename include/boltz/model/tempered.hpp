// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A field between a base and a model.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/model/base_biases.hpp>

#include <array>
#include <cstddef>

namespace boltz {

/// A field at inverse temperature beta on the way from a base to a model: natural parameters
/// x = (1 - beta) x_base + beta x_model, that is
/// p_beta(s) propto exp(sum_l [(1 - beta) b0_l' s_l + beta b_l' s_l - e_l(s_l)] + beta sum_l s_l' W_l s_{l+1}).
///
/// Biases and weights are tempered, a unit's own term e is not, so the base has the model's precisions. `Base` is
/// `BaseBiases`, or another field with the same layers. Samplers run on it as on any field;
/// `Tempered{field, base, beta}` is made anew for each beta and costs nothing. Refers to field and base, which must
/// outlive it; allocates nothing.
template <concepts::Field F, class Base = BaseBiases<typename F::value_type, F::depth>>
class Tempered {
  public:
    static constexpr std::size_t depth = F::depth;
    using value_type = typename F::value_type;

    /// @throws ValueError if beta does not lie in [0, 1]; ShapeError if base and field have layers of other sizes.
    Tempered(F const& field, Base const& base, double beta) : field_{&field}, base_{&base}, beta_{beta} {
        if (!(beta >= 0 && beta <= 1))
            detail::fail<ValueError>("Tempered: beta is ", beta, ", but must lie in [0, 1]");
        auto const expected = field.sizes();
        auto const found = base.sizes();
        for (std::size_t l = 0; l < depth; ++l)
            if (found[l] != expected[l])
                detail::fail<ShapeError>("Tempered: the base has ", found[l], " units in layer ", l,
                                         ", but the field has ", expected[l]);
    }
    Tempered(F const&, Base const&&, double) = delete;

    [[nodiscard]] double beta() const noexcept { return beta_; }

    template <std::size_t I>
    [[nodiscard]] auto const& layer() const noexcept {
        return field_->template layer<I>();
    }
    [[nodiscard]] std::array<std::size_t, depth> sizes() const noexcept { return field_->sizes(); }

    /// The natural parameters of layer I at this temperature; costs the products of the field, none at beta = 0.
    template <std::size_t I>
    void input(StateBlocks<value_type, depth> const& states, Block<value_type> out, Factors factors = {}) const {
        field_->template input<I>(states, out, scaled(factors, beta_, factors.keep));
        if (beta_ < 1) base_->template input<I>(states, out, scaled(factors, 1 - beta_, 1));
    }

  private:
    static Factors scaled(Factors factors, double factor, double keep) noexcept {
        return {.below = factors.below * factor,
                .above = factors.above * factor,
                .bias = factors.bias * factor,
                .keep = keep};
    }

    F const* field_;
    Base const* base_;
    double beta_;
};

} // namespace boltz
