// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inverse temperatures from a base to a model.

#include <boltz/version.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

/// Inverse temperatures 0 = beta_0 < beta_1 < ... < beta_n = 1, the way from a base to a model in n steps.
///
/// It is fixed before the runs that use it, which is what makes their estimate unbiased.
class Ladder {
  public:
    /// The steps in equal parts.
    /// @throws ValueError if `steps` is 0 or more than memory can hold.
    [[nodiscard]] static Ladder linear(std::size_t steps);

    /// 14,500 steps: of 1e-3 up to 0.5, of 1e-4 up to 0.9, of 1e-5 up to 1 (Salakhutdinov & Murray 2008, section 4).
    [[nodiscard]] static Ladder salakhutdinov_murray();

    /// A list of one's own; `name` is for reports.
    /// @throws ValueError if it does not begin with 0, increase throughout and end with 1.
    [[nodiscard]] static Ladder of(std::vector<double> betas, std::string name = "own");

    /// All of them, 0 and 1 included.
    [[nodiscard]] std::span<double const> betas() const noexcept { return betas_; }
    [[nodiscard]] double operator[](std::size_t k) const noexcept { return betas_[k]; }
    /// One less than the number of betas.
    [[nodiscard]] std::size_t steps() const noexcept { return betas_.size() - 1; }
    [[nodiscard]] std::string const& name() const noexcept { return name_; }

  private:
    Ladder(std::vector<double> betas, std::string name) : betas_{std::move(betas)}, name_{std::move(name)} {}

    // Ends at `last` itself and not at a sum of rounded steps.
    static void append(std::vector<double>& betas, double last, std::size_t steps);

    std::vector<double> betas_;
    std::string name_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/ladder.hpp>
#endif
