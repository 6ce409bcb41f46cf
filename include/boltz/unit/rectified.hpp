// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Rectified units of networks.

#include <boltz/detail/activations.hpp>
#include <boltz/types.hpp>

#include <cstddef>
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
    void mean(Block<T> x) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) detail::rectify(x.row(i).data(), x.columns);
    }

    /// gradient *= d mean / d x = 1 / keep where the mean is above 0, else 0; see `concepts::Activation`.
    template <class T>
    void times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept {
        for (std::size_t i = 0; i < mean.rows; ++i)
            detail::times_rectified_slope(gradient.row(i).data(), mean.row(i).data(), mean.columns, keep);
    }
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
