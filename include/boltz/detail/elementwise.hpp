// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The loops over rows of numbers.

#include <boltz/detail/philox.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace boltz::detail {

template <std::floating_point T>
void sigmoid(T* x, std::size_t n) noexcept {
    for (std::size_t j = 0; j < n; ++j) {
        T const e = std::exp(-std::abs(x[j]));
        x[j] = (x[j] < 0 ? e : T{1}) / (1 + e);
    }
}
template <std::floating_point T>
void draw_bernoulli(T const* mean, T* state, std::uint64_t key, std::uint64_t row, std::size_t first_column, std::size_t n) noexcept {
    for (std::size_t j = 0; j < n; ++j) {
        T u;
        philox_uniform(key, row, first_column + j, &u, 1);
        state[j] = u < mean[j] ? T{1} : T{0};
    }
}
template <std::floating_point T>
void sigmoid_and_draw(T* x, T* state, std::uint64_t key, std::uint64_t row, std::size_t first_column, std::size_t n) noexcept {
    sigmoid(x, n);
    draw_bernoulli(x, state, key, row, first_column, n);
}
template <std::floating_point T>
[[nodiscard]] double sum_softplus(T const* x, std::size_t n) noexcept {
    double s = 0;
    for (std::size_t j = 0; j < n; ++j) s += std::max<double>(x[j], 0) + std::log1p(std::exp(-std::abs(double{x[j]})));
    return s;
}
template <std::floating_point T>
[[nodiscard]] double sum_negative_entropy(T const* mu, std::size_t n) noexcept {
    double s = 0;
    for (std::size_t j = 0; j < n; ++j) {
        double const m = mu[j];
        if (m > 0) s += m * std::log(m);
        if (m < 1) s += (1 - m) * std::log1p(-m);
    }
    return s;
}
template <std::floating_point T>
[[nodiscard]] T maximum(T const* x, std::size_t n) noexcept {
    T m = x[0];
    for (std::size_t j = 1; j < n; ++j) m = x[j] > m ? x[j] : m;
    return m;
}
template <std::floating_point T>
double exp_minus(T* x, std::size_t n, std::type_identity_t<T> shift) noexcept {
    double s = 0;
    for (std::size_t j = 0; j < n; ++j) s += x[j] = std::exp(x[j] - shift);
    return s;
}
template <std::floating_point T>
void scale(T* x, std::size_t n, std::type_identity_t<T> factor) noexcept {
    for (std::size_t j = 0; j < n; ++j) x[j] *= factor;
}
template <std::floating_point T>
void axpy(T* y, T const* x, std::size_t n, std::type_identity_t<T> factor) noexcept {
    for (std::size_t j = 0; j < n; ++j) y[j] += factor * x[j];
}
template <std::floating_point T>
void add_squares(T* y, T const* x, std::size_t n, std::type_identity_t<T> factor) noexcept {
    for (std::size_t j = 0; j < n; ++j) y[j] += factor * x[j] * x[j];
}
template <std::floating_point T>
[[nodiscard]] double dot(T const* x, T const* y, std::size_t n) noexcept {
    double s = 0;
    for (std::size_t j = 0; j < n; ++j) s += double{x[j]} * double{y[j]};
    return s;
}
template <std::floating_point T>
[[nodiscard]] T max_abs_difference(T const* x, T const* y, std::size_t n) noexcept {
    T m = 0;
    for (std::size_t j = 0; j < n; ++j) {
        T const d = std::abs(x[j] - y[j]);
        if (!(d <= m)) m = d;
        if (m != m) return m;
    }
    return m;
}
template <std::floating_point T>
[[nodiscard]] bool all_finite(T const* x, std::size_t n) noexcept {
    for (std::size_t j = 0; j < n; ++j)
        if (!(x[j] - x[j] == 0)) return false;
    return true;
}
template <std::floating_point T>
void momentum_update(T* parameter, T* velocity, T const* gradient, std::size_t n, std::type_identity_t<T> momentum,
                     std::type_identity_t<T> rate, std::type_identity_t<T> decay) noexcept {
    for (std::size_t j = 0; j < n; ++j) {
        velocity[j] = momentum * velocity[j] + rate * (gradient[j] - decay * parameter[j]);
        parameter[j] += velocity[j];
    }
}
template <std::floating_point T>
void bytes_to_scaled(std::uint8_t const* in, T* out, std::size_t n, std::type_identity_t<T> scale) noexcept {
    for (std::size_t j = 0; j < n; ++j) out[j] = static_cast<T>(in[j]) * scale;
}
template <std::floating_point T>
void add_rows(T* sum, std::type_identity_t<Block<T const>> rows, std::type_identity_t<T> factor) noexcept {
    for (std::size_t i = 0; i < rows.rows; ++i) axpy(sum, rows.row(i).data(), rows.columns, factor);
}

} // namespace boltz::detail
