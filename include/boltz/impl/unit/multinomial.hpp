// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/multinomial.hpp>

#include <boltz/archive.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

BOLTZ_INLINE Multinomial::Multinomial(std::size_t trials) : trials_{trials} {
    if (trials == 0) detail::fail<ValueError>("Multinomial: trials is 0, but must be at least 1");
    if (trials > most_trials)
        detail::fail<ValueError>("Multinomial: trials is ", trials, ", but must be at most ", most_trials);
}

template <class T>
void Multinomial::mean(Block<T> x) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) {
        T* const row = x.row(i).data();
        double const sum = detail::exp_minus(row, x.columns, detail::maximum(row, x.columns));
        detail::scale(row, x.columns, static_cast<T>(static_cast<double>(trials_) / sum));
    }
}

template <class T>
void Multinomial::sample(Block<T> x, Draws const& draws) const noexcept {
    mean_and_sample(x, x, draws);
}

template <class T>
void Multinomial::mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
    mean(x);
    draw(Block<T const>{x}, state, draws);
}

template <class T>
void Multinomial::draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i) draw_row(mean.row(i), trials_, state.row(i), draws, i);
}

template <class T>
void Multinomial::mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) {
        share_among_free(x.row(i), clamped.row(i), left(clamped.row(i), state.row(i)));
        for (std::size_t k = 0; k < x.columns; ++k)
            if (clamped(i, k) != 0) x(i, k) = state(i, k);
    }
}

template <class T>
void Multinomial::sample_given(Block<T> x, Block<T const> clamped, Block<T> state,
                               Draws const& draws) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) {
        auto const trials = left<T>(clamped.row(i), state.row(i));
        share_among_free(x.row(i), clamped.row(i), trials);
        draw_row<T>(x.row(i), trials, x.row(i), draws, i);
        for (std::size_t k = 0; k < x.columns; ++k)
            if (clamped(i, k) == 0) state(i, k) = x(i, k);
    }
}

template <class T>
void Multinomial::add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < x.rows; ++i) {
        auto const row = x.row(i);
        double const top = static_cast<double>(detail::maximum(row.data(), row.size()));
        double sum = 0;
        for (T const value : row) sum += std::exp(static_cast<double>(value) - top);
        out[i] += static_cast<double>(trials_) * (top + std::log(sum));
    }
}

template <class T>
void Multinomial::add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
    auto const n = static_cast<double>(trials_);
    for (std::size_t i = 0; i < mean.rows; ++i)
        for (T const value : mean.row(i))
            if (auto const m = static_cast<double>(value); m > 0) out[i] += m * std::log(m / n);
}

template <class T>
void Multinomial::add_self_energy(Block<T const> states, std::span<double> out) const noexcept {
    if (trials_ == 1) return;
    double const whole = std::lgamma(static_cast<double>(trials_) + 1);
    for (std::size_t i = 0; i < states.rows; ++i) {
        double term = -whole;
        for (T const s : states.row(i)) term += std::lgamma(static_cast<double>(s) + 1);
        out[i] += term;
    }
}

template <class T>
void Multinomial::validate(Block<T const> states, std::string_view argument, std::size_t first_row) const {
    for (std::size_t i = 0; i < states.rows; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < states.columns; ++j) {
            if (T const s = states(i, j); !(s >= 0))
                detail::fail<ValueError>(argument, " holds ", s, " in row ", first_row + i, ", column ", j,
                                         ", but multinomial units take counts of 0 or more");
            sum += static_cast<double>(states(i, j));
        }
        // Room for the rounding of means, but never for a trial.
        auto const trials = static_cast<double>(trials_);
        if (!(std::abs(sum - trials) <= std::min(1e-3 * trials, 0.5)))
            detail::fail<ValueError>(argument, " adds up to ", sum, " in row ", first_row + i,
                                     ", but the multinomial unit has ", trials_, " trials");
    }
}

BOLTZ_INLINE double Multinomial::natural_parameter(double mean, double smoothing, std::size_t) const noexcept {
    double const share = mean / static_cast<double>(trials_);
    return std::log((1 - smoothing) * share + smoothing / static_cast<double>(std::max<std::size_t>(categories_, 1)));
}

BOLTZ_INLINE void Multinomial::add_variables(std::size_t first, std::size_t columns,
                                             std::vector<VariableGroup>& groups) const {
    groups.push_back({first, columns, trials_});
}

template <class T>
void Multinomial::write_state(std::size_t index, std::span<T> out) const noexcept {
    auto left = static_cast<double>(index);
    std::size_t trials = trials_;
    for (std::size_t j = 0; j < out.size(); ++j) {
        std::size_t count = trials;
        if (j + 1 < out.size())
            for (double block = ways(trials - count, out.size() - j - 1); left >= block && count > 0;
                 block = ways(trials - count, out.size() - j - 1)) {
                left -= block;
                --count;
            }
        out[j] = static_cast<T>(count);
        trials -= count;
    }
}

BOLTZ_INLINE void Multinomial::archive(Archive& archive) {
    std::uint64_t trials = trials_;
    archive("trials", trials);
    if (archive.mode() == Archive::Mode::checking) {
        trials = archive.stored("trials");
        if (trials == 0) detail::fail<FormatError>("Multinomial: trials is 0, but must be at least 1");
        if (trials > most_trials)
            detail::fail<FormatError>("Multinomial: trials is ", trials, ", but must be at most ", most_trials);
        return;
    }
    trials_ = static_cast<std::size_t>(trials);
}

BOLTZ_INLINE double Multinomial::ways(std::size_t trials, std::size_t categories) noexcept {
    double result = 1;
    for (std::size_t k = 1; k < categories; ++k)
        result = std::round(result * static_cast<double>(trials + k) / static_cast<double>(k));
    return result;
}

template <class T>
std::size_t Multinomial::left(std::span<T const> clamped, std::span<T const> state) const noexcept {
    double taken = 0;
    for (std::size_t k = 0; k < state.size(); ++k)
        if (clamped[k] != 0) taken += static_cast<double>(state[k]);
    double const rest = std::round(static_cast<double>(trials_) - taken);
    return rest > 0 ? std::min(static_cast<std::size_t>(rest), trials_) : 0;
}

template <class T>
void Multinomial::share_among_free(std::span<T> x, std::span<T const> clamped, std::size_t trials) noexcept {
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < x.size(); ++k)
        if (clamped[k] == 0) top = std::max(top, static_cast<double>(x[k]));
    double sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        x[k] = clamped[k] == 0 ? static_cast<T>(std::exp(static_cast<double>(x[k]) - top)) : T{0};
        sum += static_cast<double>(x[k]);
    }
    for (T& value : x) value = static_cast<T>(static_cast<double>(value) * static_cast<double>(trials) / sum);
}

template <class T>
void Multinomial::draw_row(std::span<T const> mean, std::size_t trials, std::span<T> state, Draws const& draws,
                           std::size_t row) const noexcept {
    auto const n = static_cast<double>(trials);
    double position = 0;
    double passed = 0;
    std::size_t placed = 0;
    auto const advance = [&] {
        double uniform = 0;
        draws.uniform(row, placed, std::span<double>{&uniform, 1});
        position = 1 - (1 - position) * std::pow(1 - uniform, 1 / static_cast<double>(trials - placed));
    };
    if (trials > 0) advance();
    std::size_t last = 0;
    for (std::size_t k = 0; k < mean.size(); ++k)
        if (mean[k] > 0) last = k;
    for (std::size_t k = 0; k < mean.size(); ++k) {
        passed += static_cast<double>(mean[k]) / n;
        std::size_t count = 0;
        while (placed < trials && (position < passed || k == last)) {
            ++count;
            if (++placed < trials) advance();
        }
        state[k] = static_cast<T>(count);
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Multinomial::mean<T>(Block<T> x) const noexcept;                                                   \
    template void Multinomial::sample<T>(Block<T> x, Draws const& draws) const noexcept;                             \
    template void Multinomial::mean_and_sample<T>(Block<T> x, Block<T> state, Draws const& draws) const noexcept;    \
    template void Multinomial::draw<T>(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;      \
    template void Multinomial::mean_given<T>(Block<T> x, Block<T const> clamped, Block<T const> state)               \
        const noexcept;                                                                                              \
    template void Multinomial::sample_given<T>(Block<T> x, Block<T const> clamped, Block<T> state,                   \
                                               Draws const& draws) const noexcept;                                   \
    template void Multinomial::add_log_partition<T>(Block<T const> x, std::span<double> out) const noexcept;         \
    template void Multinomial::add_conjugate<T>(Block<T const> mean, std::span<double> out) const noexcept;          \
    template void Multinomial::add_self_energy<T>(Block<T const> states, std::span<double> out) const noexcept;      \
    template void Multinomial::validate<T>(Block<T const> states, std::string_view argument, std::size_t first_row)  \
        const;                                                                                                       \
    template void Multinomial::write_state<T>(std::size_t index, std::span<T> out) const noexcept;                   \
    template std::size_t Multinomial::left<T>(std::span<T const> clamped, std::span<T const> state) const noexcept;  \
    template void Multinomial::share_among_free<T>(std::span<T> x, std::span<T const> clamped,                       \
                                                   std::size_t trials) noexcept;                                     \
    template void Multinomial::draw_row<T>(std::span<T const> mean, std::size_t trials, std::span<T> state,          \
                                           Draws const& draws, std::size_t row) const noexcept;                      \
    template class UnitAdapter<Multinomial, T>;
#include <boltz/detail/instantiate.hpp>
