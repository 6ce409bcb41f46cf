// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The matrix products that the weights of a model take part in.

#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/executor.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace boltz::detail {

/// x = factor x, for a block of rows; nothing where the factor is 1.
template <std::floating_point T>
void scale_rows(Block<T> x, std::type_identity_t<T> factor) noexcept {
    if (factor == 1) return;
    for (std::size_t i = 0; i < x.rows; ++i) scale(x.row(i).data(), x.columns, factor);
}

/// out = keep out + factor below' above, summed over cases; cut by rows of `out` among the workers.
template <std::floating_point T>
void accumulate_outer_products(std::type_identity_t<Block<T const>> below, std::type_identity_t<Block<T const>> above,
                               double factor, double keep, Matrix<T>& out, Executor& executor) {
    executor.for_each_block(below.columns, 256, [&](std::size_t first, std::size_t count) {
        gemm(below.column_range(first, count), Op::transpose, above, Op::none, Block{out}.row_range(first, count),
             static_cast<T>(factor), static_cast<T>(keep));
    });
}

/// The products by BLAS, from the weights as they are.
struct PlainProducts {
    /// out += factor * states W (up) or factor * states W' (down). `pair` numbers the weights of the model.
    template <std::floating_point T>
    void add(std::size_t, Matrix<T> const& weights, Pass pass, std::type_identity_t<Block<T const>> states,
             std::type_identity_t<T> factor, Block<T> out) const {
        gemm(states, Op::none, weights, pass == Pass::up ? Op::none : Op::transpose, out, factor, T{1});
    }

    /// out = bias + states W (up) or bias + states W' (down).
    template <std::floating_point T>
    void add_to_bias(std::size_t pair, Matrix<T> const& weights, Pass pass,
                     std::type_identity_t<Block<T const>> states, Vector<T> const& bias, Block<T> out) const {
        for (std::size_t i = 0; i < out.rows; ++i) std::copy_n(bias.data(), out.columns, out.row(i).data());
        add(pair, weights, pass, states, T{1}, out);
    }
};

/// The products by packed weights where there are any, else by BLAS; `Depth` is the number of layers.
template <std::floating_point T, std::size_t Depth>
class PackedProducts {
  public:
    /// Packs no weights of this pair, or those of this size with this precision.
    void choose(std::size_t pair, std::size_t below, std::size_t above, Precision precision) {
        packed_[pair].reset();
        if constexpr (packs_numbers)
            if (ProductLibrary const* const library = product_library())
                packed_[pair] = library->pack(below, above, precision);
    }
    [[nodiscard]] bool packs(std::size_t pair) const noexcept { return packed_[pair] != nullptr; }

    /// Takes over some rows of the weights, from a multiple of PackedWeights::strip on.
    void refresh(std::size_t pair, Matrix<T> const& weights, std::size_t first, std::size_t count) {
        if constexpr (packs_numbers)
            if (packed_[pair]) packed_[pair]->refresh(weights, first, count);
    }

    /// As PlainProducts::add.
    void add(std::size_t pair, Matrix<T> const& weights, Pass pass, Block<T const> states, T factor,
             Block<T> out) const {
        if constexpr (packs_numbers) {
            if (packed_[pair]) {
                packed_[pair]->product(pass, states, nullptr, factor, out);
                return;
            }
        }
        PlainProducts{}.add(pair, weights, pass, states, factor, out);
    }

    /// As PlainProducts::add_to_bias.
    void add_to_bias(std::size_t pair, Matrix<T> const& weights, Pass pass, Block<T const> states,
                     Vector<T> const& bias, Block<T> out) const {
        if constexpr (packs_numbers)
            if (packed_[pair]) return packed_[pair]->product(pass, states, bias.data(), 1, out);
        PlainProducts{}.add_to_bias(pair, weights, pass, states, bias, out);
    }

  private:
    static constexpr bool packs_numbers = std::same_as<T, float>;
    std::array<std::unique_ptr<PackedWeights>, Depth - 1> packed_{};

  public:
    /// The two sides of the products of one phase, in the form in which statistics read them.
    class Operands {
      public:
        /// Refers to the numbers below and above each weight matrix (for a phase both are its states) and makes room
        /// for packed copies of those above packed weights.
        void refer(PackedProducts const& products, StateBlocks<T, Depth> const& below,
                   StateBlocks<T, Depth> const& above) {
            below_ = below;
            above_ = above;
            for (std::size_t l = 0; l + 1 < Depth; ++l)
                words_[l].resize(products.packed_[l] ? products.packed_[l]->case_words(above[l + 1].rows) : 0);
        }
        [[nodiscard]] std::size_t rows() const noexcept { return below_[0].rows; }

        /// Packs some rows, from a multiple of PackedWeights::strip on.
        void pack(PackedProducts const& products, std::size_t first, std::size_t count) {
            if constexpr (packs_numbers)
                for (std::size_t l = 0; l + 1 < Depth; ++l)
                    if (products.packed_[l])
                        products.packed_[l]->pack_cases(above_[l + 1], first, count, words_[l].data());
        }

      private:
        friend class PackedProducts;
        StateBlocks<T, Depth> below_{};
        StateBlocks<T, Depth> above_{};
        std::array<std::vector<std::uint32_t>, Depth - 1> words_{};
    };

    /// out = keep * out + factor * sum over cases of below_l above_{l+1}', for rows first .. first + out.rows - 1 of
    /// the weights between layers l = pair and l + 1.
    void statistics(std::size_t pair, Operands const& operands, std::size_t first, T factor, T keep,
                    Block<T> out) const {
        auto const below = operands.below_[pair].column_range(first, out.rows);
        if constexpr (packs_numbers)
            if (packed_[pair])
                return packed_[pair]->statistics(below, operands.words_[pair].data(), factor, keep, out);
        gemm(below, Op::transpose, operands.above_[pair + 1], Op::none, out, factor, keep);
    }
};

} // namespace boltz::detail
