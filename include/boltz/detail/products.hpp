// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The matrix products that the weights of a model take part in.

#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/types.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace boltz::detail {

/// Rows of a gradient that one worker accumulates: an even number of equal shares, each of at most 256 rows, since a
/// product of few rows is slower and unequal shares leave workers idle.
[[nodiscard]] constexpr std::size_t gradient_rows(std::size_t rows) noexcept {
    std::size_t const shares = 2 * ((rows + 511) / 512);
    return (rows + shares - 1) / shares;
}

/// x = factor x, for a block of rows; nothing where the factor is 1.
template <std::floating_point T>
void scale_rows(Block<T> x, std::type_identity_t<T> factor) noexcept {
    if (factor == 1) return;
    for (std::size_t i = 0; i < x.rows; ++i) scale(x.row(i).data(), x.columns, factor);
}

/// The products by BLAS, from the weights as they are.
struct PlainProducts {
    /// out += factor * states W (up) or factor * states W' (down). `pair` numbers the weights of the model.
    template <std::floating_point T>
    void add_product(std::size_t, Matrix<T> const& weights, Pass pass, std::type_identity_t<Block<T const>> states,
                     std::type_identity_t<T> factor, Block<T> out) const {
        gemm(states, Op::none, weights, pass == Pass::up ? Op::none : Op::transpose, out, factor, T{1});
    }

    /// gradient = keep * gradient + factor * below' above; the workers share the rows of the gradient.
    template <std::floating_point T>
    void accumulate(std::size_t, std::type_identity_t<Block<T const>> below,
                    std::type_identity_t<Block<T const>> above, std::type_identity_t<T> factor,
                    std::type_identity_t<T> keep, Matrix<T>& gradient, Executor& executor) const {
        executor.for_each_block(gradient.shape(0), gradient_rows(gradient.shape(0)),
                                [&](std::size_t first, std::size_t count) {
                                    gemm(below.column_range(first, count), Op::transpose, above, Op::none,
                                         Block{gradient}.row_range(first, count), factor, keep);
                                });
    }
};

/// The products from packed weights where there are any, else by BLAS; `pairs` is the number of weight matrices.
template <std::floating_point T, std::size_t Pairs>
class PackedProducts {
  public:
    /// Packs no weights of this pair, or those of this size with this precision.
    void choose(std::size_t pair, std::size_t below, std::size_t above, Precision precision) {
        packed_[pair].reset();
        if constexpr (std::same_as<T, float>)
            if (ProductLibrary const* const library = product_library())
                packed_[pair] = library->pack(below, above, precision);
    }
    [[nodiscard]] bool packs(std::size_t pair) const noexcept { return packed_[pair] != nullptr; }

    void refresh(std::size_t pair, Matrix<T> const& weights, Executor& executor) {
        if constexpr (std::same_as<T, float>)
            if (packed_[pair]) packed_[pair]->refresh(weights, executor);
    }

    void add_product(std::size_t pair, Matrix<T> const& weights, Pass pass, Block<T const> states, T factor,
                     Block<T> out) const {
        if constexpr (std::same_as<T, float>) {
            if (packed_[pair]) {
                scale_rows(out, 1 / factor);
                packed_[pair]->add_product(pass, states, out);
                scale_rows(out, factor);
                return;
            }
        }
        PlainProducts{}.add_product(pair, weights, pass, states, factor, out);
    }

    void accumulate(std::size_t pair, Block<T const> below, Block<T const> above, T factor, T keep,
                    Matrix<T>& gradient, Executor& executor) {
        if constexpr (std::same_as<T, float>)
            if (packed_[pair]) return packed_[pair]->accumulate(below, above, factor, keep, gradient, executor);
        PlainProducts{}.accumulate(pair, below, above, factor, keep, gradient, executor);
    }

  private:
    std::array<std::unique_ptr<PackedWeights>, Pairs> packed_{};
};

} // namespace boltz::detail
