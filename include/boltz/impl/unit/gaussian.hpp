// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/gaussian.hpp>

#include <boltz/archive.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
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

template <class T>
void Gaussian::mean(Block<T> x) const noexcept {
    by_columns(
        x, [](double precision) { return 1 / precision; }, [](T& value, T inverse) { value *= inverse; });
}

template <class T>
void Gaussian::sample(Block<T> x, Draws const& draws) const noexcept {
    mean(x);
    draw(Block<T const>{x}, x, draws);
}

template <class T>
void Gaussian::mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
    mean(x);
    draw(Block<T const>{x}, state, draws);
}

template <class T>
void Gaussian::draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
    std::array<T, strip> deviation;
    std::array<T, strip> noise;
    for (std::size_t first = 0; first < mean.columns; first += strip) {
        std::size_t const count = std::min(strip, mean.columns - first);
        for (std::size_t j = 0; j < count; ++j)
            deviation[j] = static_cast<T>(std::exp(-log_precision_(first + j) / 2));
        for (std::size_t i = 0; i < mean.rows; ++i) {
            draws.normal(i, first, std::span<T>{noise.data(), count});
            for (std::size_t j = 0; j < count; ++j)
                state(i, first + j) = mean(i, first + j) + deviation[j] * noise[j];
        }
    }
}

template <class T>
void Gaussian::add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
    add_quadratic(
        x, out, [](double precision) { return 0.5 / precision; },
        [](double log_precision) { return (log_two_pi - log_precision) / 2; });
}

template <class T>
void Gaussian::add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
    add_quadratic(
        mean, out, [](double precision) { return precision / 2; },
        [](double log_precision) { return (log_precision - log_two_pi) / 2; });
}

template <class T>
void Gaussian::add_self_energy(Block<T const> states, std::span<double> out) const noexcept {
    add_quadratic(
        states, out, [](double precision) { return precision / 2; }, [](double) { return 0.0; });
}

template <class T>
void Gaussian::times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept {
    by_columns(
        gradient, [&](double precision) { return 1 / (precision * static_cast<double>(keep)); },
        [](T& value, T slope) { value *= slope; });
    if (keep < 1)
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (std::size_t j = 0; j < mean.columns; ++j)
                if (mean(i, j) == 0) gradient(i, j) = 0;
}

template <class T>
void Gaussian::validate(Block<T const> states, std::string_view argument, std::size_t first_row) const {
    for (std::size_t i = 0; i < states.rows; ++i)
        for (std::size_t j = 0; j < states.columns; ++j)
            if (!std::isfinite(states(i, j)))
                detail::fail<ValueError>(argument, " holds ", states(i, j), " in row ", first_row + i, ", column ", j,
                                         ", but Gaussian units take finite values");
}

BOLTZ_INLINE std::span<double> Gaussian::parameters() noexcept {
    return learns_ ? std::span{log_precision_.data(), log_precision_.size()} : std::span<double>{};
}

template <class T>
void Gaussian::add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                      std::span<double> out) const noexcept {
    for (std::size_t j = 0; j < out.size(); ++j) {
        double const precision = std::exp(log_precision_(j));
        double squares = 0;
        for (std::size_t i = 0; i < states.rows; ++i) squares += double(states(i, j)) * double(states(i, j));
        if (moment == Moment::mean) squares += static_cast<double>(states.rows) / precision;
        out[j] -= factor * precision / 2 * squares;
    }
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
    template void Gaussian::mean<T>(Block<T> x) const noexcept;                                                      \
    template void Gaussian::sample<T>(Block<T> x, Draws const& draws) const noexcept;                                \
    template void Gaussian::mean_and_sample<T>(Block<T> x, Block<T> state, Draws const& draws) const noexcept;       \
    template void Gaussian::draw<T>(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;         \
    template void Gaussian::add_log_partition<T>(Block<T const> x, std::span<double> out) const noexcept;            \
    template void Gaussian::add_conjugate<T>(Block<T const> mean, std::span<double> out) const noexcept;             \
    template void Gaussian::add_self_energy<T>(Block<T const> states, std::span<double> out) const noexcept;         \
    template void Gaussian::times_slope<T>(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep)     \
        const noexcept;                                                                                              \
    template void Gaussian::validate<T>(Block<T const> states, std::string_view argument, std::size_t first_row)     \
        const;                                                                                                       \
    template void Gaussian::add_parameter_gradient<T>(Block<T const> states, Moment moment, double factor,           \
                                                      std::span<double> out) const noexcept;                         \
    template class UnitAdapter<Gaussian, T>;                                                                         \
    template class ActivationAdapter<Gaussian, T>;
#include <boltz/detail/instantiate.hpp>
