// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/rectified.hpp>

#include <boltz/detail/activations.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <cstddef>
#include <type_traits>

namespace boltz {

template <class T>
void Rectified::mean(Block<T> x) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) detail::rectify(x.row(i).data(), x.columns);
}

template <class T>
void Rectified::times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i)
        detail::times_rectified_slope(gradient.row(i).data(), mean.row(i).data(), mean.columns, keep);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Rectified::mean<T>(Block<T> x) const noexcept;                                                     \
    template void Rectified::times_slope<T>(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep)    \
        const noexcept;                                                                                              \
    template class ActivationAdapter<Rectified, T>;
#include <boltz/detail/instantiate.hpp>
