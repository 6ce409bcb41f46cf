// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A field between a base and a model.

#include <boltz/any_field.hpp>
#include <boltz/model/base_biases.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace boltz {

/// Where a path to a model begins: biases without weights, or another field with the same layers. Refers to them.
template <std::floating_point T>
class PathBase {
  public:
    PathBase(BaseBiases<T> const& biases) noexcept : biases_{&biases} {}
    PathBase(AnyField<T> const& field) noexcept : field_{&field} {}
    PathBase(BaseBiases<T> const&&) = delete;
    PathBase(AnyField<T> const&&) = delete;

    [[nodiscard]] bool has_weights() const noexcept { return field_ != nullptr; }
    /// What it is, as a text for reports.
    [[nodiscard]] std::string_view name() const noexcept;
    [[nodiscard]] std::size_t layers() const noexcept {
        return biases_ != nullptr ? biases_->biases.size() : field_->layers();
    }
    [[nodiscard]] std::size_t size(std::size_t layer) const noexcept {
        return biases_ != nullptr ? biases_->biases[layer].size() : field_->sizes()[layer];
    }
    void input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors) const;

  private:
    BaseBiases<T> const* biases_ = nullptr;
    AnyField<T> const* field_ = nullptr;
};

/// A field at inverse temperature beta on the way from a base to a model: natural parameters
/// x = (1 - beta) x_base + beta x_model, that is
/// p_beta(s) propto exp(sum_l [(1 - beta) b0_l' s_l + beta b_l' s_l - e_l(s_l)] + beta sum_(k,l) s_k' W s_l).
///
/// Biases and weights are tempered, a unit's self energy e is not, so the base has the model's precisions. The base
/// is `BaseBiases`, or another field with the same layers. Samplers run on it as on any field; `Tempered{field, base,
/// beta}` is made anew for each beta and costs nothing. Refers to field and base, which must outlive it; allocates
/// nothing.
template <std::floating_point T>
class Tempered final : public AnyField<T> {
  public:
    /// @throws ValueError if beta does not lie in [0, 1]; ShapeError if base and field have layers of other sizes.
    Tempered(AnyField<T> const& field, PathBase<T> base, double beta);

    [[nodiscard]] double beta() const noexcept { return beta_; }
    [[nodiscard]] LayerGraph const& graph() const noexcept override { return field_->graph(); }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return field_->unit(layer); }
    [[nodiscard]] std::string description() const override { return field_->description(); }
    /// The natural parameters of a layer at this temperature; costs the products of the field, none at beta = 0.
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override;

  private:
    static Factors scaled(Factors factors, double factor, double keep) noexcept;

    AnyField<T> const* field_;
    PathBase<T> base_;
    double beta_;
};

template <class F, class Base>
Tempered(F const&, Base const&, double) -> Tempered<typename F::value_type>;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/tempered.hpp>
#endif
