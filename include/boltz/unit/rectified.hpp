// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rectified units of networks.

#include <boltz/types.hpp>

#include <string_view>
#include <type_traits>

namespace boltz {

/// Hidden units of a network that give on max(0, x) (Nair & Hinton 2010; Glorot, Bordes & Bengio 2011).
///
/// It has a mean and a slope, which backpropagation needs, but no states, so it is no unit of a Boltzmann machine: a
/// machine of it does not compile.
struct Rectified {
    static constexpr std::string_view name = "rectified";

    /// x becomes max(0, x); a NaN stays one.
    template <class T>
    void mean(Block<T> x) const noexcept;

    /// gradient *= d mean / d x = 1 / keep where the mean is above 0, else 0; see `concepts::Activation`.
    template <class T>
    void times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept;
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
#include <boltz/unit/any_unit.hpp>

namespace boltz {

extern template class ActivationAdapter<Rectified, float>;
extern template class ActivationAdapter<Rectified, double>;

} // namespace boltz
#else
#include <boltz/impl/unit/rectified.hpp>
#endif
