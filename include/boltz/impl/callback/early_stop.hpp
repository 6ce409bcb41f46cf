// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/early_stop.hpp>

#include <boltz/callback/best_metric.hpp>
#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace boltz {

BOLTZ_INLINE EarlyStop::EarlyStop(std::string metric, std::size_t patience, Better better)
    : best_{std::move(metric), better}, patience_{patience} {
    if (patience < 1) detail::fail<ValueError>("EarlyStop: patience is 0, but must be at least 1");
}

} // namespace boltz
