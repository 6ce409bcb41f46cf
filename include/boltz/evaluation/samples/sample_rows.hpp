// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases to compare, however they are held.

#include <boltz/concepts.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <utility>

namespace boltz {

/// Cases in memory, one a row: a matrix, or a block of somebody's rows such as a layer of `States`.
template <class R>
concept SampleRows = requires(R const& rows) {
    Block{rows};
};

/// Cases wherever they are: in memory, or in a source.
template <class C>
concept SampleCases = SampleRows<C> || concepts::DataSource<C>;

namespace detail {

/// The rows to read.
template <SampleRows R>
[[nodiscard]] auto reading(R const& rows) {
    return Block<typename decltype(Block{rows})::value_type const>{rows};
}

/// Cases as a source; rows in memory are referred to.
template <SampleCases C>
[[nodiscard]] auto case_source(C const& cases) {
    if constexpr (SampleRows<C>)
        return MatrixSource{reading(cases)};
    else
        return cases;
}

/// The type of the numbers of cases in memory; float for a source, which gives any.
template <SampleCases C>
struct NumberOf {
    using type = float;
};
template <SampleRows R>
struct NumberOf<R> {
    using type = typename decltype(Block{std::declval<R const&>()})::value_type;
};
template <class T>
struct NumberOf<MatrixSource<T>> {
    using type = T;
};

/// Refuses two sets of cases that cannot be compared.
template <concepts::DataSource S, concepts::DataSource D>
void check_comparable(S const& samples, D const& data, std::size_t least, char const* function) {
    if (samples.columns() != data.columns())
        fail<ShapeError>(function, ": samples has ", samples.columns(), " columns, but data has ", data.columns());
    if (samples.rows() < least || data.rows() < least)
        fail<ShapeError>(function, ": samples has ", samples.rows(), " rows and data ", data.rows(),
                         ", but both need at least ", least);
}
template <class T>
void check_comparable(Block<T const> samples, Block<T const> data, std::size_t least, char const* function) {
    check_comparable(MatrixSource{samples}, MatrixSource{data}, least, function);
}

} // namespace detail
} // namespace boltz
