// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The seed that a user passes to everything that draws.

#include <boltz/draws.hpp>

#include <cstdint>

namespace boltz {

/// A seed and a count of the calls it has served.
///
/// Every public call that draws takes one and splits off its own independent stream, so two calls in a row
/// differ while the same program with the same seed gives the same numbers. Copying it repeats what follows.
/// No global state, no engine to share between threads.
class Random {
  public:
    explicit Random(std::uint64_t seed) noexcept : draws_{Draws::from_seed(seed)} {}

    /// The stream of the next call.
    [[nodiscard]] Draws split() noexcept { return draws_.stream(count_++); }

    /// Visits the state, for a checkpoint.
    template <class Archive>
    void archive(Archive& archive) {
        draws_.archive(archive);
        archive("random_calls", count_);
    }

  private:
    Draws draws_;
    std::uint64_t count_ = 0;
};

} // namespace boltz
