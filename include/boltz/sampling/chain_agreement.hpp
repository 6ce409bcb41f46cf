// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether the chains of each case agree on the means of its units.

#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
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
    [[nodiscard]] Worst of_case(std::size_t i) const noexcept;

    /// The largest R-hat of all cases.
    [[nodiscard]] Worst worst() const noexcept;

    /// What speaks against the values in plain words; empty if nothing does, as far as chains from those starts can
    /// tell.
    [[nodiscard]] std::string warning() const;

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
    void add(StatesView<T const> read, ReadMoments<T>& out, std::size_t first);

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
                                             std::size_t reads, std::vector<Vector<T>> const& deviations);

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/chain_agreement.hpp>
#endif
