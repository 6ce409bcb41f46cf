// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/multinomial.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace boltz {

BOLTZ_INLINE Multinomial::Multinomial(std::size_t trials) : trials_{trials} {
    if (trials == 0) detail::fail<ValueError>("Multinomial: trials is 0, but must be at least 1");
    if (trials > most_trials)
        detail::fail<ValueError>("Multinomial: trials is ", trials, ", but must be at most ", most_trials);
}

BOLTZ_INLINE double Multinomial::natural_parameter(double mean, double smoothing, std::size_t) const noexcept {
    double const share = mean / static_cast<double>(trials_);
    return std::log((1 - smoothing) * share + smoothing / static_cast<double>(std::max<std::size_t>(categories_, 1)));
}

BOLTZ_INLINE void Multinomial::add_variables(std::size_t first, std::size_t columns,
                                             std::vector<VariableGroup>& groups) const {
    groups.push_back({first, columns, trials_});
}

BOLTZ_INLINE void Multinomial::archive(Archive& archive) {
    std::uint64_t trials = trials_;
    archive("trials", trials);
    if (archive.mode() == Archive::Mode::checking) {
        trials = archive.stored("trials");
        if (trials == 0) detail::fail<FormatError>("Multinomial: trials is 0, but must be at least 1");
        if (trials > most_trials)
            detail::fail<FormatError>("Multinomial: trials is ", trials, ", but must be at most ", most_trials);
        return;
    }
    trials_ = static_cast<std::size_t>(trials);
}

BOLTZ_INLINE double Multinomial::ways(std::size_t trials, std::size_t categories) noexcept {
    double result = 1;
    for (std::size_t k = 1; k < categories; ++k)
        result = std::round(result * static_cast<double>(trials + k) / static_cast<double>(k));
    return result;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class UnitAdapter<Multinomial, T>;
#include <boltz/detail/instantiate.hpp>
