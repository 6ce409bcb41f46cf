// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/parameter_space.hpp>

#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/reductions.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
void ParameterSpace<T>::read(Set& set) {
    walk([](auto, auto values, auto x) { std::copy(values.begin(), values.end(), x.begin()); }, set);
}

template <std::floating_point T>
void ParameterSpace<T>::write(Set& set) {
    walk([](auto, auto values, auto x) { std::copy(x.begin(), x.end(), values.begin()); }, set);
}

template <std::floating_point T>
void ParameterSpace<T>::move(Set& point, double step, Set& direction) {
    walk(
        [&](auto rate, auto values, auto start, auto along) {
            if (rate == 0) return;
            std::copy(start.begin(), start.end(), values.begin());
            detail::axpy(values.data(), along.data(), values.size(), number(values, rate * step));
        },
        point, direction);
}

template <std::floating_point T>
void ParameterSpace<T>::scale_by_rates(Set& gradient) {
    if (rates_.empty()) return;
    walk(
        [](auto rate, auto, auto x) {
            if (rate == 0)
                std::fill(x.begin(), x.end(), 0);
            else
                detail::scale(x.data(), x.size(), number(x, rate));
        },
        gradient);
}

template <std::floating_point T>
void ParameterSpace<T>::combine(double keep, Set& y, double factor, Set& x) {
    walk(
        [&](auto, auto, auto sum, auto term) {
            if (keep == 0)
                std::fill(sum.begin(), sum.end(), 0);
            else if (keep != 1)
                detail::scale(sum.data(), sum.size(), number(sum, keep));
            detail::axpy(sum.data(), term.data(), sum.size(), number(sum, factor));
        },
        y, x);
}

template <std::floating_point T>
double ParameterSpace<T>::dot(Set& x, Set& y) {
    double sum = 0;
    model_->for_each_parameter(
        [&](auto, auto, auto a, auto b) {
            std::array<double, max_parts> parts{};
            std::size_t const size = std::max(share, a.size() / max_parts + 1);
            std::size_t const count = (a.size() + size - 1) / size;
            executor_->for_each_block(count, 1, [&](std::size_t part, std::size_t) {
                auto const first = part * size;
                auto const length = std::min(size, a.size() - first);
                parts[part] = detail::dot(a.data() + first, b.data() + first, length);
            });
            for (double const part : parts) sum += part;
        },
        x, y);
    return sum;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class ParameterSpace<T>;
#include <boltz/detail/instantiate.hpp>
