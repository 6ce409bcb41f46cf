// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The inverse temperatures of tempered chains, and how they find their places.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
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
    explicit TemperatureLadder(std::size_t count, double lowest = 0, std::size_t memory = 100)
        : lowest_{lowest}, memory_{memory} {
        if (count < 2) detail::fail<ValueError>("TemperatureLadder: count is ", count, ", but must be at least 2");
        if (!(lowest >= 0 && lowest < 1))
            detail::fail<ValueError>("TemperatureLadder: lowest is ", lowest, ", but must lie in [0, 1)");
        if (memory == 0) detail::fail<ValueError>("TemperatureLadder: memory is 0, but must be at least 1");
        log_gaps_ = zero_vector<double>(count - 1);
        acceptance_ = zero_vector<double>(count - 1);
        betas_ = zero_vector<double>(count);
        latest_ = zero_vector<double>(count - 1);
        records_ = zero_vector<double>(count - 1);
        place();
    }

    [[nodiscard]] std::size_t size() const noexcept { return betas_.size(); }
    /// From 1 down.
    [[nodiscard]] std::span<double const> betas() const noexcept { return {betas_.data(), betas_.size()}; }
    /// The average probability of acceptance of each pair (k, k + 1); 0 where none has been tried.
    [[nodiscard]] std::span<double const> acceptance() const noexcept {
        return {acceptance_.data(), acceptance_.size()};
    }

    /// Takes the acceptance of pair (k, k + 1) in a round into its average.
    void record(std::size_t pair, double acceptance) noexcept {
        latest_(pair) = acceptance;
        records_(pair) = std::min(records_(pair) + 1, static_cast<double>(memory_));
        acceptance_(pair) += (acceptance - acceptance_(pair)) / records_(pair);
    }

    /// Forgets the acceptances, as when the ladder is frozen and its rates are to be known.
    void forget() noexcept {
        std::fill(acceptance_.begin(), acceptance_.end(), 0.0);
        std::fill(records_.begin(), records_.end(), 0.0);
    }

    /// Widens gaps whose swaps were accepted more often than the average when they were tried last, and narrows the
    /// others; does nothing before all pairs have been tried.
    void adapt(double rate) noexcept {
        if (std::any_of(records_.begin(), records_.end(), [](double count) { return count == 0; })) return;
        double mean = 0;
        for (double const a : latest_) mean += a / static_cast<double>(latest_.size());
        for (std::size_t k = 0; k < log_gaps_.size(); ++k) log_gaps_(k) += rate * (latest_(k) - mean);
        place();
    }

    void archive(Archive& archive) {
        archive("log_gaps", log_gaps_);
        archive("acceptance", acceptance_);
        archive("latest", latest_);
        archive("records", records_);
        archive("betas", betas_);
    }

  private:
    void place() noexcept {
        double const top = *std::max_element(log_gaps_.begin(), log_gaps_.end());
        double sum = 0;
        for (double const g : log_gaps_) sum += std::exp(g - top);
        double passed = 0;
        for (std::size_t k = 0; k < log_gaps_.size(); ++k) {
            betas_(k) = 1 - (1 - lowest_) * passed / sum;
            passed += std::exp(log_gaps_(k) - top);
        }
        betas_(log_gaps_.size()) = lowest_;
    }

    double lowest_;
    std::size_t memory_;
    Vector<double> log_gaps_;
    Vector<double> acceptance_;
    Vector<double> latest_;
    Vector<double> records_;
    Vector<double> betas_;
};

} // namespace boltz
