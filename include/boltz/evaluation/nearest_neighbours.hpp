// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which case of a set is closest to a sample.

#include <boltz/compute.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/sample_rows.hpp>
#include <boltz/executor.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace boltz {

/// The closest case to each of some samples.
struct Neighbours {
    std::vector<std::size_t> indices; ///< rows of the data
    std::vector<double> distances;    ///< Euclidean
};

/// Whether a case may be its own neighbour.
enum class SelfMatch {
    allowed, ///< samples and data are different sets
    excluded ///< row i of the samples is row i of the data, and does not count
};

/// The closest row of `data` to each row of `samples` by Euclidean distance, the lowest index of equally close ones.
///
/// Searches by |a|^2 + |b|^2 - 2 a'b, one product of all pairs, and recomputes the distance that is found in double;
/// so of rows whose squared distances differ by less than the rounding of the product any may be found, and distances
/// between states of binary units are exact. Samples that lie much closer to the training cases than to test cases
/// are copies. Allocates 512 numbers a sample.
/// @throws ShapeError if the columns differ, there is no row, or SelfMatch::excluded and the rows are not as many or
/// only one.
template <SampleRows S, SampleRows D>
[[nodiscard]] Neighbours nearest_neighbours(S const& samples, D const& data, Compute const& compute = {},
                                            SelfMatch self = SelfMatch::allowed) {
    auto const a = detail::reading(samples);
    auto const b = detail::reading(data);
    using T = typename decltype(a)::value_type;
    bool const excluded = self == SelfMatch::excluded;
    detail::check_comparable<T>(a, b, excluded ? 2 : 1, "nearest_neighbours");
    if (excluded && a.rows != b.rows)
        detail::fail<ShapeError>("nearest_neighbours: samples has ", a.rows, " rows and data ", b.rows,
                                 ", but each must be its own counterpart");
    constexpr std::size_t tile = 512;
    auto const square = [](auto row) {
        double sum = 0;
        for (T const x : row) sum += static_cast<double>(x) * static_cast<double>(x);
        return sum;
    };
    std::vector<T> lengths(b.rows);
    for (std::size_t j = 0; j < b.rows; ++j) lengths[j] = static_cast<T>(square(b.row(j)));
    Matrix<T> products = xt::zeros<T>({a.rows, std::min(tile, b.rows)});
    Neighbours result{std::vector<std::size_t>(a.rows), std::vector<double>(a.rows)};
    Executor executor{compute};
    executor.for_each_block(a.rows, [&](std::size_t first, std::size_t count) {
        std::vector<T> best(count, std::numeric_limits<T>::infinity());
        for (std::size_t begin = 0; begin < b.rows; begin += tile) {
            std::size_t const width = std::min(tile, b.rows - begin);
            auto const block = Block{products}.row_range(first, count).column_range(0, width);
            detail::gemm<T>(a.row_range(first, count), detail::Op::none, b.row_range(begin, width),
                            detail::Op::transpose, block, T{-2}, T{0});
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t j = 0; j < width; ++j) {
                    T const distance = block(i, j) + lengths[begin + j];
                    if (!(distance < best[i]) || (excluded && begin + j == first + i)) continue;
                    best[i] = distance;
                    result.indices[first + i] = begin + j;
                }
        }
        for (std::size_t i = first; i < first + count; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < a.columns; ++j) {
                double const gap = static_cast<double>(a(i, j)) - static_cast<double>(b(result.indices[i], j));
                sum += gap * gap;
            }
            result.distances[i] = std::sqrt(sum);
        }
    });
    return result;
}

} // namespace boltz
