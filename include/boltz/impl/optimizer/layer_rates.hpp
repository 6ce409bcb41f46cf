// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/layer_rates.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <cstddef>
#include <string_view>

namespace boltz {

namespace detail {

BOLTZ_INLINE void check_layer_rates(LayerRates const& rates, std::string_view policy, std::size_t layers) {
    if (rates.size() > layers)
        fail<ValueError>(policy, ": layer_rates has ", rates.size(), " entries, but the model has ", layers,
                         " layers");
    for (std::size_t l = 0; l < rates.size(); ++l)
        if (double const rate = rates[l](Clock{}); !(rate >= 0 && std::isfinite(rate)))
            fail<ValueError>(policy, ": layer_rates of layer ", l, " starts at ", rate,
                             ", but must be finite and not negative");
}

} // namespace detail

} // namespace boltz
