// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/ladder.hpp>

#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE Ladder Ladder::linear(std::size_t steps) {
    if (steps == 0) detail::fail<ValueError>("Ladder::linear: steps is 0, but must be at least 1");
    static_cast<void>(detail::product_of("Ladder::linear", {{steps, "steps"}, {sizeof(double), "bytes"}}));
    std::vector<double> betas(1, 0.0);
    append(betas, 1, steps);
    return Ladder{std::move(betas), "linear"};
}

BOLTZ_INLINE Ladder Ladder::salakhutdinov_murray() {
    std::vector<double> betas(1, 0.0);
    append(betas, 0.5, 500);
    append(betas, 0.9, 4000);
    append(betas, 1, 10000);
    return Ladder{std::move(betas), "Salakhutdinov & Murray"};
}

BOLTZ_INLINE Ladder Ladder::of(std::vector<double> betas, std::string name) {
    if (betas.size() < 2)
        detail::fail<ValueError>("Ladder::of: betas has ", betas.size(), " numbers, but needs at least 0 and 1");
    if (betas.front() != 0 || betas.back() != 1)
        detail::fail<ValueError>("Ladder::of: betas runs from ", betas.front(), " to ", betas.back(),
                                 ", but must run from 0 to 1");
    for (std::size_t k = 0; k + 1 < betas.size(); ++k)
        if (!(betas[k] < betas[k + 1]))
            detail::fail<ValueError>("Ladder::of: betas[", k + 1, "] is ", betas[k + 1], ", but must exceed betas[",
                                     k, "], which is ", betas[k]);
    return Ladder{std::move(betas), std::move(name)};
}

BOLTZ_INLINE void Ladder::append(std::vector<double>& betas, double last, std::size_t steps) {
    double const first = betas.back();
    for (std::size_t k = 1; k < steps; ++k)
        betas.push_back(first + (last - first) * static_cast<double>(k) / static_cast<double>(steps));
    betas.push_back(last);
}

} // namespace boltz
