// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether the chains of each case agree on the means of its units.

#include <boltz/detail/scale_reduction.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace boltz {

/// Whether chains that began far apart (`DispersedStart`) agree, case by case and unit by unit.
///
/// Split-R-hat of the conditional means that were read, as in `chain_diagnostics`: every chain is cut into two halves
/// of n reads, W is the mean variance within halves and B the variance of the means of halves, and
/// R-hat = sqrt(((n - 1) / n W' + B) / W') with W' = W + f^2. The floor f is 0.02 standard deviations of the unit
/// alone at natural parameter 0 (0.01 for a binary unit): chains that are as near to each other as that agree,
/// however little each of them moves. About 1 where chains agree, and for known units; 2 where the halves spread
/// nearly twice as widely as their reads do. It cannot see what no chain has found.
template <std::floating_point T>
struct ChainAgreement {
    States<T> r_hat;        ///< rows = cases, one number a unit; not-a-number where it was not measured
    std::size_t chains = 0; ///< chains a case
    std::size_t reads = 0;  ///< reads of each

    /// Above this chains have not forgotten where they began (Gelman et al. 2013, section 11.5).
    static constexpr double most_r_hat = 1.1;
    /// With fewer reads a chain has no halves to compare.
    static constexpr std::size_t least_reads = 4;

    /// The unit on which the chains of some case agree least.
    struct Worst {
        double r_hat = 0;
        std::size_t case_index = 0;
        std::size_t layer = 0;
        std::size_t unit = 0;
    };

    /// Whether there were several chains a case, and enough reads.
    [[nodiscard]] bool measured() const noexcept { return chains > 1 && reads >= least_reads; }

    /// The largest R-hat of a case. Not-a-number if it was not measured, or a chain ran away.
    [[nodiscard]] Worst of_case(std::size_t i) const noexcept {
        Worst worst;
        for (std::size_t l = 0; l < r_hat.layers(); ++l)
            for (std::size_t j = 0; j < r_hat[l].columns; ++j)
                if (double const r = static_cast<double>(r_hat[l](i, j)); above(r, worst.r_hat)) worst = {r, i, l, j};
        return worst;
    }

    /// The largest R-hat of all cases.
    [[nodiscard]] Worst worst() const noexcept {
        Worst worst;
        for (std::size_t i = 0; i < r_hat.rows(); ++i)
            if (Worst const here = of_case(i); above(here.r_hat, worst.r_hat)) worst = here;
        return worst;
    }

    /// What speaks against the values in plain words; empty if nothing does, as far as chains from those starts can
    /// tell.
    [[nodiscard]] std::string warning() const {
        std::ostringstream text;
        text.precision(3);
        if (!measured()) {
            text << "whether chains from different starts agree was not measured, with ";
            if (chains < 2)
                text << chains << " chain a case, where 2 or more are needed";
            else
                text << reads << " reads of each, where " << least_reads << " or more are needed";
            return text.str();
        }
        std::size_t apart = 0;
        for (std::size_t i = 0; i < r_hat.rows(); ++i) apart += above(of_case(i).r_hat, most_r_hat) ? 1 : 0;
        if (apart == 0) return {};
        Worst const most = worst();
        text << "in " << apart << " of " << r_hat.rows()
             << " cases chains from different starts disagree, most in case " << most.case_index << " on unit "
             << most.unit << " of layer " << most.layer << ", where R-hat is " << most.r_hat << ", above "
             << most_r_hat << ": values depend on where chains begin; take more sweeps and reads";
        return text.str();
    }

  private:
    // Not-a-number is above everything but itself.
    [[nodiscard]] static bool above(double r, double limit) noexcept { return !std::isnan(limit) && !(r <= limit); }
};

namespace detail {

/// What is kept of the reads of each chain, rows = chains: of each half the mean, and the mean variance of both.
template <std::floating_point T>
struct ReadMoments {
    std::array<States<T>, 2> means;
    States<T> variance; ///< 0 for halves of one read

    ReadMoments(std::size_t rows, std::span<std::size_t const> sizes)
        : means{States<T>{rows, sizes}, States<T>{rows, sizes}}, variance{rows, sizes} {}
};

/// Adds up the reads of a block of chains, less the first read of each, so that little is lost in the squares.
template <std::floating_point T>
class ReadSums {
  public:
    ReadSums(std::size_t rows, std::span<std::size_t const> sizes, std::size_t reads)
        : reads_{reads}, first_{rows, sizes}, sum_{rows, sizes}, squares_{rows, sizes} {}

    /// The next read of all chains. The halves are reads 0 .. reads / 2 - 1 and the rest, and the numbers of
    /// each go to rows `first` and on of `out` once it is complete.
    void add(StatesView<T const> read, ReadMoments<T>& out, std::size_t first) {
        std::size_t const half = seen_ < reads_ / 2 ? 0 : 1;
        std::size_t const begin = half == 0 ? 0 : reads_ / 2;
        std::size_t const count = half == 0 ? reads_ / 2 : reads_ - reads_ / 2;
        bool const begins = seen_ == begin;
        bool const ends = ++seen_ == begin + count;
        auto const n = static_cast<T>(count);
        for (std::size_t l = 0; l < read.layers(); ++l)
            for (std::size_t i = 0; i < read[l].rows; ++i) {
                T const* const value = read[l].row(i).data();
                T* const origin = first_[l].row(i).data();
                T* const sum = sum_[l].row(i).data();
                T* const squares = squares_[l].row(i).data();
                std::size_t const columns = read[l].columns;
                if (begins) {
                    std::copy_n(value, columns, origin);
                    std::fill_n(sum, columns, T{0});
                    std::fill_n(squares, columns, T{0});
                } else {
                    for (std::size_t j = 0; j < columns; ++j) {
                        T const d = value[j] - origin[j];
                        sum[j] += d;
                        squares[j] += d * d;
                    }
                }
                if (!ends) continue;
                T* const mean = out.means[half][l].row(first + i).data();
                T* const variance = out.variance[l].row(first + i).data();
                for (std::size_t j = 0; j < columns; ++j) {
                    mean[j] = origin[j] + sum[j] / n;
                    if (count > 1) variance[j] += std::max(squares[j] - sum[j] * sum[j] / n, T{0}) / (n - 1) / 2;
                }
            }
    }

  private:
    std::size_t reads_;
    std::size_t seen_ = 0;
    States<T> first_;
    States<T> sum_;
    States<T> squares_;
};

/// Compares the chains of each case, chain c of case i in row i * chains + c; `deviations` as of
/// `deviations_at_zero`. `moments` is not read where nothing could be measured.
template <std::floating_point T>
[[nodiscard]] ChainAgreement<T> agreement_of(ReadMoments<T> const& moments, std::size_t cases, std::size_t chains,
                                             std::size_t reads, std::vector<Vector<T>> const& deviations) {
    constexpr double floor = 0.02;
    std::vector<std::size_t> sizes;
    for (auto const& of_layer : deviations) sizes.push_back(of_layer.size());
    ChainAgreement<T> result{.r_hat = {cases, sizes}, .chains = chains, .reads = reads};
    bool const measured = result.measured();
    auto const halves = static_cast<double>(2 * chains);
    for (std::size_t l = 0; l < sizes.size(); ++l)
        for (std::size_t i = 0; i < cases; ++i)
            for (std::size_t j = 0; j < sizes[l]; ++j) {
                if (!measured) {
                    result.r_hat[l](i, j) = std::numeric_limits<T>::quiet_NaN();
                    continue;
                }
                auto const origin = static_cast<double>(moments.means[0][l](i * chains, j));
                double within = 0, sum = 0, squares = 0;
                for (std::size_t c = i * chains; c < (i + 1) * chains; ++c) {
                    within += static_cast<double>(moments.variance[l](c, j)) / static_cast<double>(chains);
                    for (auto const& half : moments.means) {
                        double const d = static_cast<double>(half[l](c, j)) - origin;
                        sum += d;
                        squares += d * d;
                    }
                }
                double const least = floor * static_cast<double>(deviations[l](j));
                double const between = std::max(squares - sum * sum / halves, 0.0) / (halves - 1);
                within += least * least;
                bool const constant = !(within > 0) && between <= 0;
                result.r_hat[l](i, j) =
                    static_cast<T>(constant ? 1 : scale_reduction(within, between, static_cast<double>(reads / 2)));
            }
    return result;
}

} // namespace detail
} // namespace boltz
