// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/gaussian.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace boltz {

BOLTZ_INLINE Gaussian Gaussian::with_precision(Vector<double> precision) {
    for (std::size_t j = 0; j < precision.size(); ++j)
        if (!(precision(j) > 0 && std::isfinite(precision(j))))
            detail::fail<ValueError>("Gaussian: precision ", j, " is ", precision(j),
                                     ", but must be positive and finite");
    Gaussian unit;
    for (double& p : precision) p = std::log(p);
    unit.log_precision_ = std::move(precision);
    return unit;
}

BOLTZ_INLINE Gaussian Gaussian::learned() {
    Gaussian unit;
    unit.learns_ = true;
    return unit;
}

BOLTZ_INLINE void Gaussian::prepare(std::size_t size) {
    if (log_precision_.size() == 0) log_precision_ = zero_vector<double>(size);
    if (log_precision_.size() != size)
        detail::fail<ShapeError>("Gaussian: there are ", log_precision_.size(), " precisions for ", size, " units");
}

BOLTZ_INLINE void Gaussian::check_size(std::size_t size) const {
    if (log_precision_.size() != size)
        detail::fail<ShapeError>("Gaussian: there are ", log_precision_.size(), " precisions for ", size,
                                 " units; give the unit to the layer's constructor");
}

BOLTZ_INLINE std::span<double> Gaussian::parameters() noexcept {
    return learns_ ? std::span{log_precision_.data(), log_precision_.size()} : std::span<double>{};
}

BOLTZ_INLINE void Gaussian::average_with(Gaussian const& other) {
    for (std::size_t j = 0; j < log_precision_.size(); ++j)
        log_precision_(j) = std::log((std::exp(log_precision_(j)) + std::exp(other.log_precision_(j))) / 2);
}

BOLTZ_INLINE void Gaussian::archive(Archive& archive) {
    archive("log_precision", log_precision_);
    std::uint64_t learns = learns_ ? 1 : 0;
    archive("learns", learns);
    learns_ = learns != 0;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class UnitAdapter<Gaussian, T>;                                                                         \
    template class ActivationAdapter<Gaussian, T>;
#include <boltz/detail/instantiate.hpp>
