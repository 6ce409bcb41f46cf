// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/reduce_rate_on_plateau.hpp>

#include <boltz/callback/best_metric.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace boltz {

BOLTZ_INLINE ReduceRateOnPlateau::ReduceRateOnPlateau(std::string metric, double factor, std::size_t patience,
                                                      Better better)
    : best_{std::move(metric), better}, factor_{factor}, patience_{patience} {
    if (!(factor > 0 && factor < 1))
        detail::fail<ValueError>("ReduceRateOnPlateau: factor is ", factor, ", but must lie in (0, 1)");
    if (patience == 0) detail::fail<ValueError>("ReduceRateOnPlateau: patience is 0, but must be at least 1");
}

} // namespace boltz
