// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which cases of a set are closest to a sample.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>
#include <boltz/executor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

/// The closest cases to each of some samples, the closest first.
struct Neighbours {
    std::vector<std::size_t> indices; ///< rows of the data, those of sample i from i * count on
    std::vector<double> distances;    ///< Euclidean, in the same order
    std::size_t count = 1;            ///< neighbours of a sample

    /// The neighbours of a sample.
    [[nodiscard]] std::span<std::size_t const> of(std::size_t sample) const noexcept;
};

/// Whether a case may be its own neighbour.
enum class SelfMatch {
    allowed, ///< samples and data are different sets
    excluded ///< row i of the samples is row i of the data, and does not count
};

namespace detail {

/// Some cases in memory and their squared lengths.
template <class T>
class LoadedCases {
  public:
    LoadedCases(std::size_t rows, std::size_t columns)
        : numbers_{zero_matrix<T>(rows, columns)}, lengths_(rows), indices_(rows) {}

    /// @throws ValueError if the products of the numbers are beyond T.
    template <concepts::DataSource S>
    void load(S const& source, std::size_t first, std::size_t count, Executor& executor, char const* name) {
        std::iota(indices_.begin(), indices_.end(), first);
        executor.for_each_block(count, [&](std::size_t begin, std::size_t rows) {
            auto const out = Block{numbers_}.row_range(begin, rows);
            source.load(std::span<std::size_t const>{indices_.data() + begin, rows}, out,
                        Draws::from_seed(0).from_row(first + begin));
            for (std::size_t i = 0; i < rows; ++i) {
                double sum = 0;
                for (T const x : out.row(i)) sum += static_cast<double>(x) * static_cast<double>(x);
                if (!(sum < static_cast<double>(std::numeric_limits<T>::max()) / 8))
                    fail<ValueError>("nearest_neighbours: ", name, " has numbers in row ", first + begin + i,
                                     " that are not finite or too large to be multiplied");
                lengths_[begin + i] = sum;
            }
        });
    }

    [[nodiscard]] Block<T const> rows(std::size_t first, std::size_t count) const noexcept {
        return Block<T const>{numbers_}.row_range(first, count);
    }
    [[nodiscard]] double length(std::size_t row) const noexcept { return lengths_[row]; }

  private:
    Matrix<T> numbers_;
    std::vector<double> lengths_;
    std::vector<std::size_t> indices_;
};

template <class T>
[[nodiscard]] double squared_distance(std::span<T const> a, std::span<T const> b) noexcept {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
        double const gap = static_cast<double>(a[j]) - static_cast<double>(b[j]);
        sum += gap * gap;
    }
    return sum;
}

/// Puts a case into a sorted list in the place of the last, if it is closer; of equally close ones the first stays.
void insert_neighbour(std::span<double> squares, std::span<std::size_t> indices, double square,
                      std::size_t index) noexcept;

} // namespace detail

/// The `count` closest rows of `data` to each row of `samples` by Euclidean distance, closest first, of equally close
/// ones those of the lowest index. Both may be matrices, blocks of rows or sources.
///
/// Searches by |a|^2 + |b|^2 - 2 a'b, one product of all pairs, and computes in double the distances of the pairs
/// that by the bound on the product's rounding may belong to the result, which so is that of looking at every pair.
/// Samples that lie much closer to the training cases than to test cases are copies. Cost: 2 columns operations a
/// pair, and 2 passes over the numbers of `data` for each 4096 samples. Allocates room for 4096 samples, 512 cases,
/// the distances between them, and the result.
/// @throws ShapeError if the columns differ, there is no row, or SelfMatch::excluded and the rows are not as many or
/// only one; ValueError if `count` is 0 or greater than the number of (other) cases, or a number is not finite.
template <SampleCases S, SampleCases D>
[[nodiscard]] Neighbours nearest_neighbours(S const& samples, D const& data, Compute const& compute = {},
                                            SelfMatch self = SelfMatch::allowed, std::size_t count = 1) {
    using T = std::common_type_t<typename detail::NumberOf<S>::type, typename detail::NumberOf<D>::type>;
    auto const a = detail::case_source(samples);
    auto const b = detail::case_source(data);
    std::size_t const a_rows = a.rows(), b_rows = b.rows(), columns = a.columns();
    bool const excluded = self == SelfMatch::excluded;
    detail::check_comparable(a, b, excluded ? 2 : 1, "nearest_neighbours");
    if (excluded && a_rows != b_rows)
        detail::fail<ShapeError>("nearest_neighbours: samples has ", a_rows, " rows and data ", b_rows,
                                 ", but each must be its own counterpart");
    std::size_t const most = b_rows - (excluded ? 1 : 0);
    if (count < 1 || count > most)
        detail::fail<ValueError>("nearest_neighbours: count is ", count, ", but must lie in 1 .. ", most,
                                 ", the number of cases");

    std::size_t const portion = std::min<std::size_t>(4096, a_rows), tile = std::min<std::size_t>(512, b_rows);
    // Twice what sums of products and lengths can be off by, as a share of |a|^2 + |b|^2.
    double const slack =
        (2 * static_cast<double>(columns) + 16) * static_cast<double>(std::numeric_limits<T>::epsilon());
    detail::LoadedCases<T> near{portion, columns}, far{tile, columns};
    Matrix<T> products = zero_matrix<T>(portion, tile);
    std::vector<T> least(tile);
    std::size_t const room = detail::product_of("nearest_neighbours", {{a_rows, "cases"}, {count, "neighbours"}});
    Neighbours result{std::vector<std::size_t>(room),
                      std::vector<double>(room, std::numeric_limits<double>::infinity()), count};
    Executor executor{compute};

    for (std::size_t first = 0; first < a_rows; first += portion) {
        std::size_t const height = std::min(portion, a_rows - first);
        near.load(a, first, height, executor, "samples");
        for (std::size_t begin = 0; begin < b_rows; begin += tile) {
            std::size_t const width = std::min(tile, b_rows - begin);
            far.load(b, begin, width, executor, "data");
            for (std::size_t j = 0; j < width; ++j) least[j] = static_cast<T>(far.length(j) * (1 - slack));
            executor.for_each_block(height, 256, [&](std::size_t top, std::size_t rows) {
                auto const block = Block{products}.row_range(top, rows).column_range(0, width);
                detail::gemm<T>(near.rows(top, rows), detail::Op::none, far.rows(0, width), detail::Op::transpose,
                                block, T{-2}, T{0});
                for (std::size_t i = top; i < top + rows; ++i) {
                    std::span const squares{result.distances.data() + (first + i) * count, count};
                    std::span const indices{result.indices.data() + (first + i) * count, count};
                    auto const limit = [&] { return static_cast<T>(squares.back() - near.length(i) * (1 - slack)); };
                    auto const row = block.row(i - top);
                    T highest = limit();
                    for (std::size_t j = 0; j < width; ++j) {
                        if (row[j] + least[j] > highest || (excluded && begin + j == first + i)) continue;
                        detail::insert_neighbour(
                            squares, indices,
                            detail::squared_distance<T>(near.rows(i, 1).row(0), far.rows(j, 1).row(0)), begin + j);
                        highest = limit();
                    }
                }
            });
        }
    }
    for (double& distance : result.distances) distance = std::sqrt(distance);
    return result;
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/samples/nearest_neighbours.hpp>
#endif
