// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A set of layers.

#include <boltz/version.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace boltz {

/// A set of layers of one model, by their numbers: those that hold data, those that are summed out.
///
/// `LayerSet::of(0, 3)` has layers 0 and 3; `LayerSet{true, false, true}` has a flag a layer, as `Observed` does.
/// The complement of a set has every number that the set does not have. Copying is free.
class LayerSet {
  public:
    /// Most layers that a model may have.
    static constexpr std::size_t most_layers = 64;

    /// The empty set.
    constexpr LayerSet() = default;
    /// The layers whose flag is true, from layer 0 on.
    template <std::same_as<bool>... Flags>
        requires(sizeof...(Flags) >= 2)
    constexpr LayerSet(Flags... flags) noexcept : LayerSet{std::array<bool, sizeof...(Flags)>{flags...}} {}
    template <std::size_t N>
    constexpr LayerSet(std::array<bool, N> const& flags) noexcept {
        static_assert(N <= most_layers);
        for (std::size_t layer = 0; layer < N; ++layer) set(layer, flags[layer]);
    }
    /// The layers with these numbers.
    template <std::convertible_to<std::size_t>... L>
    [[nodiscard]] static constexpr LayerSet of(L... layers) noexcept {
        LayerSet result;
        (result.set(static_cast<std::size_t>(layers)), ...);
        return result;
    }
    /// Every layer.
    [[nodiscard]] static constexpr LayerSet all() noexcept { return ~LayerSet{}; }
    /// Layers 0 .. count - 1.
    [[nodiscard]] static constexpr LayerSet first(std::size_t count) noexcept {
        return from_bits(count >= most_layers ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1);
    }

    [[nodiscard]] constexpr bool operator[](std::size_t layer) const noexcept {
        return layer < most_layers && (bits_ >> layer & 1u) != 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    /// Puts a layer into the set, or takes it out.
    constexpr void set(std::size_t layer, bool member = true) noexcept {
        std::uint64_t const bit = std::uint64_t{1} << layer;
        bits_ = member ? bits_ | bit : bits_ & ~bit;
    }
    [[nodiscard]] friend constexpr LayerSet operator~(LayerSet set) noexcept { return from_bits(~set.bits_); }
    [[nodiscard]] friend constexpr LayerSet operator&(LayerSet a, LayerSet b) noexcept {
        return from_bits(a.bits_ & b.bits_);
    }
    [[nodiscard]] friend constexpr LayerSet operator|(LayerSet a, LayerSet b) noexcept {
        return from_bits(a.bits_ | b.bits_);
    }
    constexpr bool operator==(LayerSet const&) const = default;

  private:
    static constexpr LayerSet from_bits(std::uint64_t bits) noexcept {
        LayerSet result;
        result.bits_ = bits;
        return result;
    }

    std::uint64_t bits_ = 0;
};

} // namespace boltz
