// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The weights of a model or network, packed for their products.

#include <boltz/compute.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

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
    static void check(Precision precision);
    /// Decides how the weights of a connection multiply, in float32 or bfloat16; undefined until `refresh`.
    void choose(std::size_t connection, Precision precision);
    /// Takes over the weights of the model; the workers share the work.
    void refresh(Executor& executor);
    /// Takes over some rows of one weight matrix, from a multiple of `strip` on to another or the end; several
    /// threads may do so at once, for different rows.
    void refresh(WeightRows const& rows);
    /// Gives the memory of the copies back: as before the first `choose`.
    void release() noexcept { products_.release(); }
    [[nodiscard]] Products<T> const& products() const noexcept { return products_; }
    /// What multiplies, as a text for reports: "float32 by OpenBLAS for SkylakeX", "bfloat16 by oneDNN 2.6.3"; with
    /// the remedy where OpenBLAS does not know the processor.
    [[nodiscard]] std::string description() const;

  private:
    static constexpr bool single = std::same_as<T, float>;

    AnyParametric<T> const* model_;
    Products<T> products_;
    std::vector<bool> rounded_;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/packed_parameters.hpp>
#endif
