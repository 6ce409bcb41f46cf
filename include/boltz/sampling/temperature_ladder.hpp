// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The inverse temperatures of tempered chains, and how they find their places.

#include <boltz/archive.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <span>

namespace boltz {

/// Inverse temperatures 1 = beta_0 > beta_1 > ... > beta_{K-1}, the ends of which stay where they are while the
/// others move until all neighbours swap equally often.
///
/// With gaps d_k = beta_k - beta_{k+1} proportional to exp(g_k), `adapt(rate)` takes a step of Robbins and Monro's
/// stochastic approximation, g_k += rate * (acceptance of pair k - mean acceptance of all pairs), as Miasojedow,
/// Moulines & Vihola (2013, "An adaptive parallel tempering algorithm", J. Comput. Graph. Stat. 22) do with a fixed
/// target: here the number of temperatures sets the rate that comes out, and more temperatures raise it. Equal rates
/// are about the best for ladders of this kind (Kofke 2002, J. Chem. Phys. 117). Adapting allocates nothing.
class TemperatureLadder {
  public:
    /// `count` inverse temperatures in equal steps from 1 down to `lowest`; acceptances are averaged over the last
    /// `memory` rounds.
    /// @throws ValueError if count is below 2, lowest does not lie in [0, 1), or memory is 0.
    explicit TemperatureLadder(std::size_t count, double lowest = 0, std::size_t memory = 100);

    [[nodiscard]] std::size_t size() const noexcept { return betas_.size(); }
    /// From 1 down.
    [[nodiscard]] std::span<double const> betas() const noexcept { return {betas_.data(), betas_.size()}; }
    /// The average probability of acceptance of each pair (k, k + 1); 0 where none has been tried.
    [[nodiscard]] std::span<double const> acceptance() const noexcept;

    /// Takes the acceptance of pair (k, k + 1) in a round into its average.
    void record(std::size_t pair, double acceptance) noexcept;

    /// Forgets the acceptances, as when the ladder is frozen and its rates are to be known.
    void forget() noexcept;

    /// Widens gaps whose swaps were accepted more often than the average when they were tried last, and narrows the
    /// others; does nothing before all pairs have been tried.
    void adapt(double rate) noexcept;

    void archive(Archive& archive);

  private:
    void place() noexcept;

    double lowest_;
    std::size_t memory_;
    Vector<double> log_gaps_;
    Vector<double> acceptance_;
    Vector<double> latest_;
    Vector<double> records_;
    Vector<double> betas_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/temperature_ladder.hpp>
#endif
