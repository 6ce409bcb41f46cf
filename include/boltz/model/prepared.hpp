// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A model whose weights are packed for their products.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/model/packed_model.hpp>
#include <boltz/model/parameter_set.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace boltz {

/// A model whose weights have been rearranged once for the many products that inference and sampling make of them.
///
/// It is a field like the model itself, so samplers and inference take either. `Prepared prepared{model, compute}`
/// packs the weights in the precision of `compute`; `refresh` must be called when the weights have changed.
/// Trainings, features and `sample` prepare their models by themselves. Without a library of packed products
/// (boltz::onednn), and for models in double, it is the model as it is and costs nothing. Refers to the model, which
/// must outlive it.
template <concepts::Model M>
class Prepared {
    using Packed = detail::PackedModel<M>;
    using Products = typename Packed::Products;

  public:
    static constexpr std::size_t depth = M::depth;
    using value_type = typename M::value_type;

    /// Whether the model has weights to pack; a user's own may know nothing of products.
    static constexpr bool packable = requires(M const& model, StateBlocks<value_type, depth> const& states,
                                              Block<value_type> out, Products const& products) {
        model.weights(0);
        model.template input<0>(states, out, Factors{}, products);
    };

    /// The model as it is; nothing is packed until `choose`.
    explicit Prepared(M const& model) noexcept : model_{&model}, packed_{model} {}

    /// Packs the weights: two copies of each, in the precision asked for. `automatic` is float32 here.
    /// @throws ValueError if bfloat16 is asked for and cannot be had; the message says why.
    Prepared(M const& model, Compute const& compute) : Prepared{model} {
        Executor executor{compute};
        choose(compute.precision == Precision::automatic ? Precision::float32 : compute.precision);
        refresh(executor);
    }

    /// Refuses a precision that cannot be had.
    /// @throws ValueError if bfloat16 is asked for; the message says why it cannot be had.
    static void check(Precision precision) {
        if (precision != Precision::bfloat16) return;
        if (!packable)
            detail::fail<ValueError>("Compute: precision is bfloat16, but the model makes its products by itself");
        Packed::check(precision);
    }

    /// Decides in which precision to multiply; `automatic` is what a training takes: bfloat16 for the weights between
    /// layers whose states can be counted, if it `gains` time. The packed weights are undefined until `refresh`.
    /// @throws ValueError as the constructor, before anything is changed.
    void choose(Precision precision, bool gains = detail::gains_by_bfloat16()) {
        check(precision);
        bool const reduced = precision == Precision::bfloat16 || (precision == Precision::automatic && gains);
        if constexpr (packable)
            detail::for_each_index<depth - 1>([&](auto l) {
                bool const rounded = std::same_as<value_type, float> && reduced &&
                                     (precision == Precision::bfloat16 || (counts<l>() && counts<l + 1>()));
                packed_.choose(l, rounded ? Precision::bfloat16 : Precision::float32);
            });
    }

    /// Takes over the weights of the model; the workers share the work.
    void refresh(Executor& executor) {
        if constexpr (packable) packed_.refresh(executor);
    }

    /// Takes over some rows of one weight matrix, from a multiple of `strip` on to another or the end; several
    /// threads may do so at once, for different rows.
    void refresh(WeightRows const& rows) requires packable { packed_.refresh(rows); }

    static constexpr std::size_t strip = Packed::strip; ///< rows that are taken over together

    [[nodiscard]] M const& model() const noexcept { return *model_; }
    operator M const&() const noexcept { return *model_; }

    template <std::size_t I>
    [[nodiscard]] auto const& layer() const noexcept {
        return model_->template layer<I>();
    }
    [[nodiscard]] auto sizes() const noexcept { return model_->sizes(); }

    /// The natural parameters of layer I, as the model's own `input`.
    template <std::size_t I>
    void input(StateBlocks<value_type, depth> const& states, Block<value_type> out, Factors factors = {}) const {
        if constexpr (packable)
            model_->template input<I>(states, out, factors, products());
        else
            model_->template input<I>(states, out, factors);
    }

    /// The products, for the statistics of an update.
    [[nodiscard]] auto const& products() const noexcept { return packed_.products(); }

    /// What multiplies, in words for people: "float32 by BLAS", "bfloat16 by oneDNN 2.6.3".
    [[nodiscard]] std::string description() const {
        if (!packable) return "the model's own products";
        return packed_.description();
    }

  private:
    template <std::size_t I>
    static constexpr bool counts() {
        return detail::CountsStates<
            typename std::remove_cvref_t<decltype(std::declval<M>().template layer<I>())>::unit_type>;
    }

    M const* model_;
    Packed packed_;
};

namespace detail {

/// Refuses a precision that cannot be had for a model; any other field multiplies as it is.
template <concepts::Field F>
void check_precision(Compute const& compute) {
    if constexpr (concepts::Model<F>) Prepared<F>::check(compute.precision);
}

/// A model prepared for a call; any other field as it is.
template <concepts::Field F>
[[nodiscard]] decltype(auto) prepared(F const& field, [[maybe_unused]] Compute const& compute) {
    if constexpr (concepts::Model<F>)
        return Prepared<F>{field, compute};
    else
        return (field);
}

} // namespace detail

} // namespace boltz
