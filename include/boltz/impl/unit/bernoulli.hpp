// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/bernoulli.hpp>

#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace boltz {

BOLTZ_INLINE double Bernoulli::natural_parameter(double mean, double smoothing, std::size_t) const noexcept {
    double const m = std::min(std::max(mean, smoothing), 1 - smoothing);
    return std::log(m / (1 - m));
}

BOLTZ_INLINE void Bernoulli::add_variables(std::size_t first, std::size_t columns,
                                           std::vector<VariableGroup>& groups) const {
    groups.push_back({first, columns, 0});
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class UnitAdapter<Bernoulli, T>;                                                                        \
    template class ActivationAdapter<Bernoulli, T>;
#include <boltz/detail/instantiate.hpp>
