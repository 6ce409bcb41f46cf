// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The matrix products that the weights of a model take part in.

#include <boltz/compute.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/executor.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz::detail {

/// x = factor x, for a block of rows; nothing where the factor is 1.
template <std::floating_point T>
void scale_rows(Block<T> x, std::type_identity_t<T> factor) noexcept {
    if (factor == 1) return;
    for (std::size_t i = 0; i < x.rows; ++i) scale(x.row(i).data(), x.columns, factor);
}

/// out = factor x, for a block of rows; zeros where the factor is 0, whatever x holds.
template <std::floating_point T>
void keep_rows(Block<T> x, std::type_identity_t<T> factor) noexcept {
    if (factor == 0)
        for (std::size_t i = 0; i < x.rows; ++i) std::fill_n(x.row(i).data(), x.columns, T{0});
    else
        scale_rows(x, factor);
}

/// out = factor' below' above + keep out, summed over cases; cut by rows of `out` among the workers.
template <std::floating_point T>
void accumulate_outer_products(std::type_identity_t<Block<T const>> below, std::type_identity_t<Block<T const>> above,
                               double factor, double keep, Matrix<T>& out, Executor& executor) {
    executor.for_each_block(below.columns, 256, [&](std::size_t first, std::size_t count) {
        gemm(below.column_range(first, count), Op::transpose, above, Op::none, Block{out}.row_range(first, count),
             static_cast<T>(factor), static_cast<T>(keep));
    });
}

/// The two blocks whose outer products are the gradient of a weight matrix: below_i above_j, summed over cases.
template <std::floating_point T>
struct Sides {
    Block<T const> below{};
    Block<T const> above{};
};

/// The products of all weights of a model: by packed weights where there are any, else by BLAS from the weights as
/// they are. An empty object is for any model, and multiplies by BLAS.
template <std::floating_point T>
class Products {
  public:
    /// Packs no weights of this connection, or those of this size with this precision.
    void choose(std::size_t connection, std::size_t below, std::size_t above, Precision precision) {
        if (packed_.size() <= connection) packed_.resize(connection + 1);
        packed_[connection].reset();
        if constexpr (packs_numbers)
            if (ProductLibrary const* const library = product_library())
                packed_[connection] = library->pack(below, above, precision);
    }
    /// Packs no weights any more.
    void release() noexcept { packed_.clear(); }
    [[nodiscard]] bool packs(std::size_t connection) const noexcept { return packed(connection) != nullptr; }
    /// Takes over some rows of the weights, from a multiple of PackedWeights::strip on.
    void refresh(std::size_t connection, Block<T const> weights, std::size_t first, std::size_t count) {
        if constexpr (packs_numbers)
            if (packs(connection)) packed_[connection]->refresh(weights, first, count);
    }

    /// out += factor * states W (up) or factor * states W' (down).
    void add(std::size_t connection, Block<T const> weights, Pass pass, Block<T const> states, T factor,
             Block<T> out) const {
        if constexpr (packs_numbers)
            if (auto const* const own = packed(connection)) return own->product(pass, states, nullptr, factor, out);
        gemm(states, Op::none, weights, pass == Pass::up ? Op::none : Op::transpose, out, factor, T{1});
    }
    /// out = bias + states W (up) or bias + states W' (down).
    void add_to_bias(std::size_t connection, Block<T const> weights, Pass pass, Block<T const> states,
                     std::span<T const> bias, Block<T> out) const {
        if constexpr (packs_numbers)
            if (auto const* const own = packed(connection)) return own->product(pass, states, bias.data(), 1, out);
        for (std::size_t i = 0; i < out.rows; ++i) std::copy_n(bias.data(), out.columns, out.row(i).data());
        add(connection, weights, pass, states, T{1}, out);
    }

    /// The two sides of the products of one phase, in the form in which statistics read them.
    class Operands {
      public:
        /// Refers to the sides of each weight matrix and makes room for packed copies of those above packed weights.
        void refer(Products const& products, std::span<Sides<T> const> sides) {
            sides_ = sides;
            words_.resize(sides.size());
            for (std::size_t c = 0; c < sides.size(); ++c)
                words_[c].resize(products.packs(c) ? products.packed_[c]->case_words(sides[c].above.rows) : 0);
        }
        [[nodiscard]] std::size_t rows() const noexcept { return sides_.empty() ? 0 : sides_[0].below.rows; }
        /// Packs some rows, from a multiple of PackedWeights::strip on.
        void pack(Products const& products, std::size_t first, std::size_t count) {
            if constexpr (packs_numbers)
                for (std::size_t c = 0; c < sides_.size(); ++c)
                    if (products.packs(c))
                        products.packed_[c]->pack_cases(sides_[c].above, first, count, words_[c].data());
        }

      private:
        friend class Products;

        std::span<Sides<T> const> sides_;
        std::vector<std::vector<std::uint32_t>> words_;
    };
    /// out = keep * out + factor * sum over cases of below' above, for rows first .. first + out.rows - 1 of the
    /// weights of a connection.
    void statistics(std::size_t connection, Operands const& operands, std::size_t first, T factor, T keep,
                    Block<T> out) const {
        auto const& [below, above] = operands.sides_[connection];
        auto const rows = below.column_range(first, out.rows);
        if constexpr (packs_numbers)
            if (auto const* const own = packed(connection))
                return own->statistics(rows, operands.words_[connection].data(), factor, keep, out);
        gemm(rows, Op::transpose, above, Op::none, out, factor, keep);
    }

  private:
    static constexpr bool packs_numbers = std::same_as<T, float>;

    [[nodiscard]] PackedWeights const* packed(std::size_t connection) const noexcept {
        return connection < packed_.size() ? packed_[connection].get() : nullptr;
    }

    std::vector<std::unique_ptr<PackedWeights>> packed_; // one a connection
};

} // namespace boltz::detail
