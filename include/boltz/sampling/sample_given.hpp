// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Samples and means of unknown units given known ones: completion, missing values, labels from images and back.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/chain_agreement.hpp>
#include <boltz/sampling/given.hpp>

#include <concepts>
#include <cstddef>
#include <string>

namespace boltz {

/// How many samples a case, and how long their chains.
struct SampleGivenOptions {
    std::size_t chains = 1;   ///< independent chains a case, one sample each
    std::size_t sweeps = 500; ///< full Gibbs sweeps before a chain is read
    Compute compute{};        ///< workers
};

/// How many chains and reads a mean is made of.
struct MeanGivenOptions {
    std::size_t chains = 12;  ///< independent chains a case; two of each `DispersedStart`
    std::size_t sweeps = 100; ///< full Gibbs sweeps before a chain is read for the first time
    std::size_t reads = 100;  ///< sweeps whose conditional means are averaged, the next ones
    Compute compute{};        ///< workers
};

/// Samples given what is known, and whether their chains agree.
template <std::floating_point T>
struct SamplesGiven {
    States<T> states;            ///< cases * chains rows: chain c of case i stands in row i * chains + c
    ChainAgreement<T> agreement; ///< of the chains, in the second half of their sweeps

    /// What speaks against the samples in plain words; empty if nothing does.
    [[nodiscard]] std::string warning() const { return agreement.warning(); }
};

/// Means given what is known, their errors, and whether the chains agree on them.
template <std::floating_point T>
struct MeansGiven {
    States<T> mean; ///< rows = cases; known units stand there with their values
    /// Standard deviation of the means of the chains / sqrt(chains), in the units of `mean`; 0 for known units. Holds
    /// for chains that agree. Not-a-number where there is only one chain a case.
    States<T> standard_error;
    ChainAgreement<T> agreement; ///< of the chains, in all reads

    /// What speaks against the means in plain words; empty if nothing does: then they can be trusted within their
    /// standard errors, as far as chains from the starts in `DispersedStart` can tell.
    [[nodiscard]] std::string warning() const { return agreement.warning(); }
};

namespace detail {

/// Refuses values that the units cannot have. A group of units may be impossible as a whole, so the others are drawn
/// first.
template <std::floating_point T>
void check_given(AnyField<T> const& field, Given<T> const& given, Draws const& draws, std::string const& function);

/// Chains of each case that have ended, and what was read of them on the way.
template <std::floating_point T>
struct ChainsGiven {
    States<T> states;
    ReadMoments<T> moments;
};

/// Runs `chains` chains of each case for `sweeps` sweeps and `reads` more, in which conditional means are read; chain
/// c of case i is row i * chains + c.
template <std::floating_point T>
[[nodiscard]] ChainsGiven<T> run_given(AnyField<T> const& field, Given<T> const& given, std::size_t chains,
                                       std::size_t sweeps, std::size_t reads, Compute const& compute,
                                       Draws const& draws, std::string const& function);

} // namespace detail

/// Samples of all units given what is known of some cases: the known units keep their values, the others are drawn by
/// Gibbs sampling (`clamped_update`).
///
/// The chains of a case begin far apart (`DispersedStart`; a single one at draws from the biases), so they show all
/// modes that those starts lead to, in proportions that depend on the starts where chains do not mix. Whether they
/// disagree is measured in the second half of the sweeps; `warning()` of the result says so.
/// @throws ShapeError if `given` is not of this model; ValueError if chains is 0, a known value is impossible, or the
/// energy is not bounded below.
template <std::floating_point T>
[[nodiscard]] SamplesGiven<T> sample_given(AnyField<T> const& field, Given<T> const& given,
                                           SampleGivenOptions const& options, Random& random);

/// The means of all units given what is known of some cases.
///
/// An average over chains and sweeps of the conditional means of each update, which has less noise than an
/// average of states. Unknown labels come out as p(label | known), missing pixels as the probability of ink. The
/// chains of a case begin far apart (`DispersedStart`), and `warning()` of the result says where they disagree or
/// that this was not measured.
/// @throws as `sample_given`; ValueError if chains or reads is 0.
template <std::floating_point T>
[[nodiscard]] MeansGiven<T> mean_given(AnyField<T> const& field, Given<T> const& given,
                                       MeanGivenOptions const& options, Random& random);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/sample_given.hpp>
#endif
