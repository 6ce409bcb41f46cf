// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The only door to the matrix-product library.

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

// The product is bound by its symbol, not through <cblas.h>: that header and xtensor-blas's copy of it define
// the same enumerations and cannot share a translation unit, and a user may need either.
#define BOLTZ_TEXT_(x) #x
#define BOLTZ_TEXT(x) BOLTZ_TEXT_(x)
#define BOLTZ_SYMBOL(name) __asm__(BOLTZ_TEXT(__USER_LABEL_PREFIX__) name)

namespace boltz::detail {

extern "C" {
void boltz_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, float const* a,
                 int lda, float const* b, int ldb, float beta, float* c, int ldc) BOLTZ_SYMBOL("cblas_sgemm");
void boltz_dgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha, double const* a,
                 int lda, double const* b, int ldb, double beta, double* c, int ldc) BOLTZ_SYMBOL("cblas_dgemm");
}

#undef BOLTZ_SYMBOL
#undef BOLTZ_TEXT
#undef BOLTZ_TEXT_

/// How an operand of a product is read.
enum class Op { none, transpose };

/// c = alpha * op(a) op(b) + beta * c, into storage the caller owns; nothing is allocated.
/// @throws ShapeError if the shapes do not agree, or a size or stride does not fit into the `int` of the library.
template <std::floating_point T>
void gemm(std::type_identity_t<Block<T const>> a, Op op_a, std::type_identity_t<Block<T const>> b, Op op_b,
          Block<T> c, std::type_identity_t<T> alpha, std::type_identity_t<T> beta) {
    static_assert(std::same_as<T, float> || std::same_as<T, double>);
    bool const transpose_a = op_a == Op::transpose;
    bool const transpose_b = op_b == Op::transpose;
    std::size_t const inner = transpose_a ? a.rows : a.columns;
    if (inner != (transpose_b ? b.columns : b.rows) || c.rows != (transpose_a ? a.columns : a.rows) ||
        c.columns != (transpose_b ? b.rows : b.columns))
        fail<ShapeError>("gemm: (", a.rows, " x ", a.columns, ") and (", b.rows, " x ", b.columns,
                         ") do not multiply into (", c.rows, " x ", c.columns, ")");
    if (c.rows == 0 || c.columns == 0) return;
    constexpr int row_major = 101;
    auto const flag = [](bool transposed) { return transposed ? 112 : 111; };
    for (auto const& [n, name] :
         {NamedSize{c.rows, "rows of c"}, NamedSize{c.columns, "columns of c"}, NamedSize{inner, "terms of each sum"},
          NamedSize{a.stride, "stride of a"}, NamedSize{b.stride, "stride of b"}, NamedSize{c.stride, "stride of c"}})
        if (n > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            fail<ShapeError>("gemm: ", name, ": ", n, ", but the matrix-product library counts to ",
                             std::numeric_limits<int>::max());
    auto const size = [](std::size_t n) { return static_cast<int>(n); };
    if constexpr (std::same_as<T, float>)
        boltz_sgemm(row_major, flag(transpose_a), flag(transpose_b), size(c.rows), size(c.columns), size(inner),
                    alpha, a.data, size(a.stride), b.data, size(b.stride), beta, c.data, size(c.stride));
    else
        boltz_dgemm(row_major, flag(transpose_a), flag(transpose_b), size(c.rows), size(c.columns), size(inner),
                    alpha, a.data, size(a.stride), b.data, size(b.stride), beta, c.data, size(c.stride));
}

} // namespace boltz::detail
