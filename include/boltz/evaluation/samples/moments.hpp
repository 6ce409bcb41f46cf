// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// First and second moments of samples against those of data.

#include <boltz/compute.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>
#include <boltz/executor.hpp>

#include <cmath>
#include <cstddef>

namespace boltz {

/// How far moments of samples are from those of data, and how far they would be by chance alone.
struct MomentComparison {
    double mean_difference = 0;       ///< root mean square, over units, of mean of samples - mean of data
    double mean_noise = 0;            ///< what it is on average for two sets of these sizes from one distribution
    double covariance_difference = 0; ///< root mean square, over pairs of units, of the difference of covariances
    double covariance_noise = 0;      ///< what it is on average for two sets from one distribution, for many cases
};

namespace detail {

/// Means, covariances and the variances of their estimates.
template <class T>
struct Moments {
    Moments(Block<T const> cases, Executor& executor) {
        std::size_t const n = cases.columns;
        auto const rows = static_cast<double>(cases.rows);
        mean = zero_vector<double>(n);
        for (std::size_t i = 0; i < cases.rows; ++i)
            for (std::size_t j = 0; j < n; ++j) mean(j) += static_cast<double>(cases(i, j)) / rows;
        Matrix<T> centred = zero_matrix<T>(cases.rows, n);
        Matrix<T> squares = zero_matrix<T>(cases.rows, n);
        for (std::size_t i = 0; i < cases.rows; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                double const c = static_cast<double>(cases(i, j)) - mean(j);
                centred(i, j) = static_cast<T>(c);
                squares(i, j) = static_cast<T>(c * c);
            }
        covariance = product(centred, 1 / (rows - 1), executor);
        fourth = product(squares, 1 / rows, executor);
        count = rows;
    }

    /// The variance of the estimate of a covariance, for many cases.
    [[nodiscard]] double variance(std::size_t j, std::size_t k) const noexcept {
        auto const c = static_cast<double>(covariance(j, k));
        return (static_cast<double>(fourth(j, k)) - c * c) / count;
    }

    Vector<double> mean;
    Matrix<T> covariance;
    Matrix<T> fourth; ///< E[c_j^2 c_k^2] of centred values
    double count = 0;

  private:
    // factor x'x, cut by rows of the result, so that the order of the sums does not depend on the workers.
    static Matrix<T> product(Matrix<T> const& x, double factor, Executor& executor) {
        std::size_t const n = x.shape(1);
        Matrix<T> result = zero_matrix<T>(n, n);
        executor.for_each_block(n, [&](std::size_t first, std::size_t size) {
            gemm<T>(Block<T const>{x}.column_range(first, size), Op::transpose, x, Op::none,
                    Block{result}.row_range(first, size), static_cast<T>(factor), T{0});
        });
        return result;
    }
};

} // namespace detail

/// Compares the means and the covariances of all pairs of units of samples with those of data.
///
/// A model that fits and chains that have mixed give differences of about the noise; a difference d above noise e is
/// a misfit of about sqrt(d^2 - e^2). Differences below the noise mean samples that are not independent of the data.
/// Covariances are of the raw values (E[x y] - E[x] E[y]); four products of all pairs of units; allocates twice the
/// cases.
/// @throws ShapeError if the columns differ or a set has fewer than 2 rows.
template <SampleRows S, SampleRows D>
[[nodiscard]] MomentComparison compare_moments(S const& samples, D const& data, Compute const& compute = {}) {
    auto const a = detail::reading(samples);
    auto const b = detail::reading(data);
    using T = typename decltype(b)::value_type;
    detail::check_comparable<T>(a, b, 2, "compare_moments");
    Executor executor{compute};
    detail::Moments<T> const first{a, executor};
    detail::Moments<T> const second{b, executor};
    std::size_t const n = a.columns;
    MomentComparison result;
    auto const square = [](double x) { return x * x; };
    for (std::size_t j = 0; j < n; ++j) {
        result.mean_difference += square(first.mean(j) - second.mean(j));
        result.mean_noise += static_cast<double>(first.covariance(j, j)) / first.count +
                             static_cast<double>(second.covariance(j, j)) / second.count;
        for (std::size_t k = 0; k < j; ++k) {
            result.covariance_difference +=
                square(static_cast<double>(first.covariance(j, k)) - static_cast<double>(second.covariance(j, k)));
            result.covariance_noise += first.variance(j, k) + second.variance(j, k);
        }
    }
    auto const units = static_cast<double>(n);
    double const pairs = n > 1 ? units * (units - 1) / 2 : 1;
    return {.mean_difference = std::sqrt(result.mean_difference / units),
            .mean_noise = std::sqrt(result.mean_noise / units),
            .covariance_difference = std::sqrt(result.covariance_difference / pairs),
            .covariance_noise = std::sqrt(result.covariance_noise / pairs)};
}

} // namespace boltz
