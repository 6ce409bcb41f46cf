// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What bytes mean: grey levels 0 .. 255, or the states 0 and 1.

#include <boltz/version.hpp>

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>

namespace boltz {

/// The factor that makes values in [0, 1] out of bytes.
///
/// Bytes are grey levels and are divided by 255, unless no byte of the whole data set is above 1: divided by 255
/// such bytes would be a nearly black picture, so they are the states 0 and 1 and are taken as they are. `note` tells
/// it. The rule needs the whole data set, since a part of grey images can lack bytes above 1.
class ByteScale {
  public:
    /// A factor that the caller knows.
    constexpr ByteScale(double factor) noexcept : factor_{factor} {}

    /// The rule for these bytes, or for numbers that were bytes. Cost: one pass up to the first byte above 1.
    template <std::ranges::input_range R>
    [[nodiscard]] static constexpr ByteScale of(R const& bytes) {
        ByteScale result{1.0 / 255};
        if (std::ranges::none_of(bytes, [](auto byte) { return byte > 1; })) {
            result.factor_ = 1;
            result.states_ = true;
        }
        return result;
    }

    [[nodiscard]] constexpr double factor() const noexcept { return factor_; }

    /// Whether the rule took the bytes as states, as none is above 1.
    [[nodiscard]] constexpr bool states() const noexcept { return states_; }

    /// What a user should know of the factor, `name` being what the data is called: empty unless `states()`.
    [[nodiscard]] std::string note(std::string_view name) const;

    friend bool operator==(ByteScale const&, ByteScale const&) = default;

  private:
    double factor_;
    bool states_ = false;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/byte_scale.hpp>
#endif
