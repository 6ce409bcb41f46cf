// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The weights of a model or network, packed for their products.

#include <boltz/compute.hpp>
#include <boltz/detail/blas_kernels.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace boltz::detail {

/// Packed copies of the weights of something parametric, which must outlive it; `refresh` follows each change of the
/// weights.
template <std::floating_point T>
class PackedParameters {
  public:
    static constexpr std::size_t strip = PackedWeights::strip; ///< rows that are taken over together

    explicit PackedParameters(AnyParametric<T> const& model)
        : model_{&model}, rounded_(model.weight_connections().size(), false) {}

    /// Refuses a precision that cannot be had.
    /// @throws ValueError if bfloat16 is asked for; the message says why it cannot be had.
    static void check(Precision precision) {
        if (precision != Precision::bfloat16) return;
        constexpr auto refused = "Compute: precision is bfloat16, but ";
        if (!single) fail<ValueError>(refused, "the model's numbers are double");
        if (std::string const reason = without_bfloat16(); !reason.empty()) fail<ValueError>(refused, reason);
    }
    /// Decides how the weights of a connection multiply, in float32 or bfloat16; undefined until `refresh`.
    void choose(std::size_t connection, Precision precision) {
        rounded_[connection] = precision == Precision::bfloat16;
        Block<T const> const weights = model_->weight_block(connection);
        products_.choose(connection, weights.rows, weights.columns, precision);
    }
    /// Takes over the weights of the model; the workers share the work.
    void refresh(Executor& executor) {
        for (std::size_t c = 0; c < rounded_.size(); ++c) {
            std::size_t const rows = model_->weight_block(c).rows;
            std::size_t const strips = (rows + strip - 1) / strip;
            executor.for_each_block(strips, 1, [&](std::size_t at, std::size_t) {
                refresh({.connection = c, .first = at * strip, .count = std::min(strip, rows - at * strip)});
            });
        }
    }
    /// Takes over some rows of one weight matrix, from a multiple of `strip` on to another or the end; several
    /// threads may do so at once, for different rows.
    void refresh(WeightRows const& rows) {
        products_.refresh(rows.connection, model_->weight_block(rows.connection), rows.first, rows.count);
    }
    /// Gives the memory of the copies back: as before the first `choose`.
    void release() noexcept { products_.release(); }
    [[nodiscard]] Products<T> const& products() const noexcept { return products_; }
    /// What multiplies, as a text for reports: "float32 by OpenBLAS for SkylakeX", "bfloat16 by oneDNN 2.6.3"; with
    /// the remedy where OpenBLAS does not know the processor.
    [[nodiscard]] std::string description() const {
        std::array<bool, 2> seen{};
        bool packed = false;
        for (std::size_t c = 0; c < rounded_.size(); ++c) {
            seen[rounded_[c] ? 1 : 0] = true;
            packed = packed || products_.packs(c);
        }
        std::string const number = single ? "float32" : "float64";
        std::string const kinds = !seen[1] ? number : !seen[0] ? "bfloat16" : "bfloat16 and float32";
        return kinds + " by " + (packed ? product_library()->name() : describe_blas());
    }

  private:
    static constexpr bool single = std::same_as<T, float>;

    AnyParametric<T> const* model_;
    Products<T> products_;
    std::vector<bool> rounded_;
};

} // namespace boltz::detail
