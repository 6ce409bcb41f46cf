// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What monitors, the callbacks that measure, have in common.

#include <boltz/compute.hpp>
#include <boltz/draws.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>

namespace boltz {

/// How a monitor measures: by which inference, how often, with which workers.
///
/// Monitors add metrics to the epoch, for the callbacks after them to show, log or act upon. They draw from a stream
/// of their own and change nothing, so a training with them is the same, to the bit, as one without.
template <class Inference = ExactPosterior>
struct Monitoring {
    Inference inference{};
    std::size_t every = 1; ///< epochs
    Compute compute{};
    std::uint64_t seed = 0; ///< of the monitor's own draws, for data that is binarised at each presentation

    [[nodiscard]] bool due(TrainingInfo const& info) const noexcept {
        return info.finished || every <= 1 || info.clock.epoch % every == 0;
    }
    [[nodiscard]] Draws draws() const noexcept { return Draws::from_seed(seed).stream(0x6d6f6e69746f72); }
};

} // namespace boltz
