// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Units that are left out at random.

#include <boltz/schedule.hpp>

namespace boltz {

/// Shares of units that are left out in one update.
struct DroppedShares {
    double input = 0;
    double beside = 0;
    double hidden = 0;
};

/// Shares of units that are left out at random in training, a new draw for each case at each presentation (Srivastava
/// et al. 2014).
///
/// What is kept counts 1 / (1 - share) times, so that the expected input of the next layer is what it was without
/// dropout, and the network is at every moment the one to be used. A network that was trained otherwise needs no
/// rescaling when dropout starts, or changes its share.
struct Dropout {
    Schedule input = 0.0;  ///< of the units of layer 0
    Schedule beside = 0.0; ///< of the numbers that enter beside layers
    Schedule hidden = 0.0; ///< of the units of hidden layers

    [[nodiscard]] DroppedShares at(Clock const& clock) const noexcept;

    /// @throws ValueError if a share does not begin in [0, 1).
    void validate() const;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/dropout.hpp>
#endif
