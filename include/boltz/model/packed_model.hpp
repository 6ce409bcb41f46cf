// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The weights of a model, packed for their products.

#include <boltz/compute.hpp>
#include <boltz/detail/blas_kernels.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>

namespace boltz::detail {

/// Packed copies of the weights of a model, which must outlive it; `refresh` follows each change of the weights.
template <class M>
class PackedModel {
  public:
    using Products = PackedProducts<typename M::value_type, M::depth>;
    static constexpr std::size_t strip = PackedWeights::strip; ///< rows that are taken over together

    explicit PackedModel(M const& model) noexcept : model_{&model} {}

    /// Refuses a precision that cannot be had.
    /// @throws ValueError if bfloat16 is asked for; the message says why it cannot be had.
    static void check(Precision precision) {
        if (precision != Precision::bfloat16) return;
        constexpr auto refused = "Compute: precision is bfloat16, but ";
        if (!single) fail<ValueError>(refused, "the model's numbers are double");
        if (std::string const reason = without_bfloat16(); !reason.empty()) fail<ValueError>(refused, reason);
    }

    /// Decides how the weights between layers `pair` and `pair` + 1 multiply, in float32 or bfloat16; undefined until
    /// `refresh`.
    void choose(std::size_t pair, Precision precision) {
        rounded_[pair] = precision == Precision::bfloat16;
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

    /// What multiplies, in words for people: "float32 by OpenBLAS for SkylakeX", "bfloat16 by oneDNN 2.6.3"; with the
    /// remedy where OpenBLAS does not know the processor.
    [[nodiscard]] std::string description() const {
        std::array<bool, 2> seen{};
        bool packed = false;
        for (std::size_t l = 0; l + 1 < M::depth; ++l) {
            seen[rounded_[l]] = true;
            packed = packed || products_.packs(l);
        }
        std::string const number = single ? "float32" : "float64";
        std::string const kinds = !seen[1] ? number : !seen[0] ? "bfloat16" : "bfloat16 and float32";
        return kinds + " by " + (packed ? product_library()->name() : describe_blas());
    }

  private:
    static constexpr bool single = std::same_as<typename M::value_type, float>;

    M const* model_;
    Products products_;
    std::array<bool, M::depth - 1> rounded_{};
};

} // namespace boltz::detail
