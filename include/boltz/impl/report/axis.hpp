// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/report/axis.hpp>

#include <boltz/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace boltz {

namespace report {

namespace detail {

BOLTZ_INLINE float Axis::share(double value) const noexcept {
    bool const logarithmic = scale == Scale::logarithmic;
    auto const place = [logarithmic](double x) { return logarithmic ? std::log10(x) : x; };
    double const position = (place(value) - place(low)) / (place(high) - place(low));
    return static_cast<float>(std::clamp(position, -1.0, 2.0));
}

BOLTZ_INLINE bool Axis::shows(double value) const noexcept {
    bool const sane = std::abs(value) <= largest; // false for NaN
    return sane && (scale == Scale::linear || value >= smallest);
}

BOLTZ_INLINE double nice_step(double span, std::size_t most) {
    double const rough = span / static_cast<double>(most);
    double const power = std::pow(10.0, std::floor(std::log10(rough)));
    for (double const factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough * 0.999) return factor * power;
    return 10 * power;
}

BOLTZ_INLINE Axis make_axis(double low, double high, Scale scale, std::size_t most_ticks, Fit fit,
                            double least_step) {
    bool const logarithmic = scale == Scale::logarithmic;
    if (!(low <= high)) {
        low = logarithmic ? 0.1 : 0.0;
        high = 1;
    }
    Axis axis{.low = low, .high = high, .scale = scale, .ticks = {}};
    if (logarithmic) {
        if (high < low * 1.05) {
            axis.low = low / 1.5;
            axis.high = high * 1.5;
        }
        double const decades = std::log10(axis.high) - std::log10(axis.low);
        auto const first = static_cast<int>(std::floor(std::log10(axis.low)));
        auto const last = static_cast<int>(std::ceil(std::log10(axis.high)));
        int const stride = std::max(1, static_cast<int>(std::ceil(decades / static_cast<double>(most_ticks))));
        auto const factors = decades > 2.2   ? std::vector<double>{1}
                             : decades > 0.9 ? std::vector<double>{1, 2, 5}
                                             : std::vector<double>{1, 1.5, 2, 3, 4, 5, 6, 8};
        for (int power = first; power <= last; power += stride)
            for (double const factor : factors) axis.ticks.push_back(factor * std::pow(10.0, power));
        if (fit == Fit::to_ticks) {
            for (double const tick : axis.ticks)
                if (tick <= axis.low * 1.0001) low = tick;
            for (auto tick = axis.ticks.rbegin(); tick != axis.ticks.rend(); ++tick)
                if (*tick >= axis.high * 0.9999) high = *tick;
            axis.low = std::min(low, axis.low);
            axis.high = std::max(high, axis.high);
        }
    } else {
        double const size = std::max(std::abs(low), std::abs(high));
        if (high - low <= std::max(1e-9 * size, Axis::smallest)) {
            double const room = size > Axis::smallest ? 0.1 * size : 0.5;
            axis.low -= room;
            axis.high += room;
        }
        double const step = std::max(nice_step(axis.high - axis.low, most_ticks), least_step);
        auto const first = std::floor(axis.low / step + 1e-6);
        auto const last = std::ceil(axis.high / step - 1e-6);
        for (double k = first; k <= last; ++k) axis.ticks.push_back(k == 0 ? 0.0 : k * step);
        if (fit == Fit::to_ticks) {
            axis.low = axis.ticks.front();
            axis.high = axis.ticks.back();
        }
    }
    std::erase_if(axis.ticks, [&](double tick) {
        float const share = axis.share(tick);
        return share < -1e-4f || share > 1.0001f;
    });
    return axis;
}

BOLTZ_INLINE std::string tick_label(double value) {
    std::array<char, 32> text{};
    bool const plain = value == 0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e6);
    std::snprintf(text.data(), text.size(), plain ? "%.6g" : "%.3g", value);
    return text.data();
}

} // namespace detail

} // namespace report

} // namespace boltz
