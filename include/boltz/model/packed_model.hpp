// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The weights of a model, packed for their products.

#include <boltz/compute.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <cstddef>

namespace boltz::detail {

/// Packed copies of the weights of a model, which must outlive it; `refresh` follows each change of the weights.
template <class M>
class PackedModel {
  public:
    using Products = PackedProducts<typename M::value_type, M::depth>;
    static constexpr std::size_t strip = PackedWeights::strip; ///< rows that are taken over together

    explicit PackedModel(M const& model) noexcept : model_{&model} {}

    /// Decides how the weights between layers `pair` and `pair` + 1 multiply; undefined until `refresh`.
    void choose(std::size_t pair, Precision precision) {
        products_.choose(pair, model_->weights(pair).shape(0), model_->weights(pair).shape(1), precision);
    }

    /// Takes over the weights of the model; the workers share the work.
    void refresh(Executor& executor) {
        for (std::size_t l = 0; l + 1 < M::depth; ++l) {
            std::size_t const rows = model_->weights(l).shape(0);
            std::size_t const strips = (rows + strip - 1) / strip;
            executor.for_each_block(strips, 1, [&](std::size_t at, std::size_t) {
                refresh({.pair = l, .first = at * strip, .count = std::min(strip, rows - at * strip)});
            });
        }
    }

    /// Takes over some rows of one weight matrix, from a multiple of `strip` on to another or the end; several
    /// threads may do so at once, for different rows.
    void refresh(WeightRows const& rows) {
        products_.refresh(rows.pair, model_->weights(rows.pair), rows.first, rows.count);
    }

    [[nodiscard]] Products const& products() const noexcept { return products_; }

  private:
    M const* model_;
    Products products_;
};

} // namespace boltz::detail
