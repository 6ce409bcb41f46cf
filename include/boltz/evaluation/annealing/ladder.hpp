// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inverse temperatures from a base to a model.

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>

#include <cmath>
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
    [[nodiscard]] static Ladder linear(std::size_t steps) {
        if (steps == 0) detail::fail<ValueError>("Ladder::linear: steps is 0, but must be at least 1");
        static_cast<void>(detail::product_of("Ladder::linear", {{steps, "steps"}, {sizeof(double), "bytes"}}));
        std::vector<double> betas(1, 0.0);
        append(betas, 1, steps);
        return Ladder{std::move(betas), "linear"};
    }

    /// 14,500 steps: of 1e-3 up to 0.5, of 1e-4 up to 0.9, of 1e-5 up to 1 (Salakhutdinov & Murray 2008, section 4).
    [[nodiscard]] static Ladder salakhutdinov_murray() {
        std::vector<double> betas(1, 0.0);
        append(betas, 0.5, 500);
        append(betas, 0.9, 4000);
        append(betas, 1, 10000);
        return Ladder{std::move(betas), "Salakhutdinov & Murray"};
    }

    /// A list of one's own; `name` is for reports.
    /// @throws ValueError if it does not begin with 0, increase throughout and end with 1.
    [[nodiscard]] static Ladder of(std::vector<double> betas, std::string name = "own") {
        if (betas.size() < 2)
            detail::fail<ValueError>("Ladder::of: betas has ", betas.size(), " numbers, but needs at least 0 and 1");
        if (betas.front() != 0 || betas.back() != 1)
            detail::fail<ValueError>("Ladder::of: betas runs from ", betas.front(), " to ", betas.back(),
                                     ", but must run from 0 to 1");
        for (std::size_t k = 0; k + 1 < betas.size(); ++k)
            if (!(betas[k] < betas[k + 1]))
                detail::fail<ValueError>("Ladder::of: betas[", k + 1, "] is ", betas[k + 1],
                                         ", but must exceed betas[", k, "], which is ", betas[k]);
        return Ladder{std::move(betas), std::move(name)};
    }

    /// All of them, 0 and 1 included.
    [[nodiscard]] std::span<double const> betas() const noexcept { return betas_; }
    [[nodiscard]] double operator[](std::size_t k) const noexcept { return betas_[k]; }
    /// One less than the number of betas.
    [[nodiscard]] std::size_t steps() const noexcept { return betas_.size() - 1; }
    [[nodiscard]] std::string const& name() const noexcept { return name_; }

  private:
    Ladder(std::vector<double> betas, std::string name) : betas_{std::move(betas)}, name_{std::move(name)} {}

    // Ends at `last` itself and not at a sum of rounded steps.
    static void append(std::vector<double>& betas, double last, std::size_t steps) {
        double const first = betas.back();
        for (std::size_t k = 1; k < steps; ++k)
            betas.push_back(first + (last - first) * static_cast<double>(k) / static_cast<double>(steps));
        betas.push_back(last);
    }

    std::vector<double> betas_;
    std::string name_;
};

} // namespace boltz
