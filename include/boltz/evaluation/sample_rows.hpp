// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases in memory, however they are held.

#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <cstddef>

namespace boltz {

/// Cases in memory, one a row: a matrix, or a block of somebody's rows such as a layer of `States`.
template <class R>
concept SampleRows = requires(R const& rows) {
    Block{rows};
};

namespace detail {

/// The rows to read.
template <SampleRows R>
[[nodiscard]] auto reading(R const& rows) {
    return Block<typename decltype(Block{rows})::value_type const>{rows};
}

/// Refuses two sets of cases that cannot be compared.
template <class T>
void check_comparable(Block<T const> samples, Block<T const> data, std::size_t least, char const* function) {
    if (samples.columns != data.columns)
        fail<ShapeError>(function, ": samples has ", samples.columns, " columns, but data has ", data.columns);
    if (samples.rows < least || data.rows < least)
        fail<ShapeError>(function, ": samples has ", samples.rows, " rows and data ", data.rows,
                         ", but both need at least ", least);
}

} // namespace detail
} // namespace boltz
