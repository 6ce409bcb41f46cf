// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/dropout.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <utility>

namespace boltz {

BOLTZ_INLINE DroppedShares Dropout::at(Clock const& clock) const noexcept {
    return {input(clock), beside(clock), hidden(clock)};
}

BOLTZ_INLINE void Dropout::validate() const {
    DroppedShares const first = at(Clock{});
    for (auto const& [share, name] :
         {std::pair{first.input, "input"}, std::pair{first.beside, "beside"}, std::pair{first.hidden, "hidden"}})
        if (!(share >= 0 && share < 1))
            detail::fail<ValueError>("Dropout: ", name, " begins at ", share, ", but must lie in [0, 1)");
}

} // namespace boltz
