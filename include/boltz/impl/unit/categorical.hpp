// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/categorical.hpp>

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

BOLTZ_INLINE Categorical::Categorical(std::size_t states) : states_{states} {
    if (states < 2) detail::fail<ValueError>("Categorical: states is ", states, ", but must be at least 2");
}

BOLTZ_INLINE void Categorical::prepare(std::size_t size) {
    if (states_ != 0) check_size(size);
    size_ = size;
}

BOLTZ_INLINE void Categorical::check_size(std::size_t size) const {
    if (states_ == 0)
        detail::fail<ShapeError>("Categorical: the number of states of a variable is not known; write "
                                 "StochasticLayer<Categorical>{variables * states, Categorical{states}}");
    if (size % states_ != 0)
        detail::fail<ShapeError>("Categorical: the layer has ", size, " units, which is no multiple of the ", states_,
                                 " states of a variable");
}

template <class T>
void Categorical::mean(Block<T> x) const noexcept {
    for_each_group(x, [](std::span<T> group, std::size_t, std::size_t) {
        double const sum = detail::exp_minus(group.data(), group.size(), detail::maximum(group.data(), group.size()));
        detail::scale(group.data(), group.size(), static_cast<T>(1 / sum));
    });
}

template <class T>
void Categorical::sample(Block<T> x, Draws const& draws) const noexcept {
    mean_and_sample(x, x, draws);
}

template <class T>
void Categorical::mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
    mean(x);
    draw(Block<T const>{x}, state, draws);
}

template <class T>
void Categorical::draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
    for_each_group(mean, [&](std::span<T const> group, std::size_t row, std::size_t number) {
        double total = 0;
        for (T const m : group) total += static_cast<double>(m);
        std::size_t const chosen = choose(group, total, draws, row, number);
        T* const out = state.row(row).data() + number * states_;
        for (std::size_t k = 0; k < states_; ++k) out[k] = k == chosen ? T{1} : T{0};
    });
}

template <class T>
void Categorical::mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const noexcept {
    for_each_group(x, [&](std::span<T> group, std::size_t row, std::size_t number) {
        std::size_t const first = number * states_;
        share_among_free<T>(group, clamped.row(row).subspan(first, states_), state.row(row).subspan(first, states_));
        for (std::size_t k = 0; k < states_; ++k)
            if (clamped(row, first + k) != 0) group[k] = state(row, first + k);
    });
}

template <class T>
void Categorical::sample_given(Block<T> x, Block<T const> clamped, Block<T> state,
                               Draws const& draws) const noexcept {
    for_each_group(x, [&](std::span<T> group, std::size_t row, std::size_t number) {
        std::size_t const first = number * states_;
        std::span<T> const out = state.row(row).subspan(first, states_);
        double const left = share_among_free<T>(group, clamped.row(row).subspan(first, states_), out);
        std::size_t const chosen = left > 0 ? choose(std::span<T const>{group}, left, draws, row, number) : states_;
        for (std::size_t k = 0; k < states_; ++k)
            if (clamped(row, first + k) == 0) out[k] = k == chosen ? T{1} : T{0};
    });
}

template <class T>
void Categorical::add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
    for_each_group(x, [&](std::span<T const> group, std::size_t row, std::size_t) {
        auto const top = static_cast<double>(detail::maximum(group.data(), group.size()));
        double sum = 0;
        for (T const value : group) sum += std::exp(static_cast<double>(value) - top);
        out[row] += top + std::log(sum);
    });
}

template <class T>
void Categorical::add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < mean.rows; ++i)
        for (T const value : mean.row(i))
            if (auto const m = static_cast<double>(value); m > 0) out[i] += m * std::log(m);
}

template <class T>
void Categorical::validate(Block<T const> states, std::string_view argument, std::size_t first_row) const {
    for_each_group(states, [&](std::span<T const> group, std::size_t row, std::size_t number) {
        double sum = 0;
        for (std::size_t k = 0; k < group.size(); ++k) {
            if (!(group[k] >= 0))
                detail::fail<ValueError>(argument, " holds ", group[k], " in row ", first_row + row, ", column ",
                                         number * states_ + k, ", but categorical units take values of 0 or more");
            sum += static_cast<double>(group[k]);
        }
        if (!(std::abs(sum - 1) <= 1e-3))
            detail::fail<ValueError>(argument, " adds up to ", sum, " in row ", first_row + row, ", variable ",
                                     number, ", but exactly one of its ", states_, " states is 1");
    });
}

BOLTZ_INLINE void Categorical::add_variables(std::size_t first, std::size_t columns,
                                             std::vector<VariableGroup>& groups) const {
    for (std::size_t g = 0; g < columns; g += states_) groups.push_back({first + g, states_, 1});
}

template <class T>
void Categorical::write_state(std::size_t index, std::span<T> out) const noexcept {
    std::fill(out.begin(), out.end(), T{0});
    for (std::size_t first = 0; first < out.size(); first += states_) {
        out[first + index % states_] = 1;
        index /= states_;
    }
}

BOLTZ_INLINE void Categorical::archive(Archive& archive) {
    std::uint64_t states = states_;
    archive("states", states);
    if (archive.mode() == Archive::Mode::checking) {
        states = archive.stored("states");
        if (states < 2) detail::fail<FormatError>("Categorical: states is ", states, ", but must be at least 2");
        if (size_ % states != 0)
            detail::fail<FormatError>("Categorical: states is ", states, ", but the layer has ", size_,
                                      " units, which is no multiple of it");
        return;
    }
    states_ = static_cast<std::size_t>(states);
}

template <class T>
std::size_t Categorical::choose(std::span<T const> weights, double total, Draws const& draws, std::size_t row,
                                std::size_t number) noexcept {
    double uniform = 0;
    draws.uniform(row, number, std::span<double>{&uniform, 1});
    double left = uniform * total;
    std::size_t chosen = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (!(weights[k] > 0)) continue;
        chosen = k;
        left -= static_cast<double>(weights[k]);
        if (left < 0) break;
    }
    return chosen;
}

template <class T>
double Categorical::share_among_free(std::span<T> x, std::span<T const> clamped, std::span<T const> state) noexcept {
    double taken = 0;
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (clamped[k] != 0)
            taken += static_cast<double>(state[k]);
        else
            top = std::max(top, static_cast<double>(x[k]));
    }
    double const left = std::max(1 - taken, 0.0);
    double sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        x[k] = clamped[k] == 0 ? static_cast<T>(std::exp(static_cast<double>(x[k]) - top)) : T{0};
        sum += static_cast<double>(x[k]);
    }
    if (!(sum > 0)) return 0;
    for (T& value : x) value = static_cast<T>(static_cast<double>(value) * left / sum);
    return left;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Categorical::mean<T>(Block<T> x) const noexcept;                                                   \
    template void Categorical::sample<T>(Block<T> x, Draws const& draws) const noexcept;                             \
    template void Categorical::mean_and_sample<T>(Block<T> x, Block<T> state, Draws const& draws) const noexcept;    \
    template void Categorical::draw<T>(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;      \
    template void Categorical::mean_given<T>(Block<T> x, Block<T const> clamped, Block<T const> state)               \
        const noexcept;                                                                                              \
    template void Categorical::sample_given<T>(Block<T> x, Block<T const> clamped, Block<T> state,                   \
                                               Draws const& draws) const noexcept;                                   \
    template void Categorical::add_log_partition<T>(Block<T const> x, std::span<double> out) const noexcept;         \
    template void Categorical::add_conjugate<T>(Block<T const> mean, std::span<double> out) const noexcept;          \
    template void Categorical::validate<T>(Block<T const> states, std::string_view argument, std::size_t first_row)  \
        const;                                                                                                       \
    template void Categorical::write_state<T>(std::size_t index, std::span<T> out) const noexcept;                   \
    template std::size_t Categorical::choose<T>(std::span<T const> weights, double total, Draws const& draws,        \
                                                std::size_t row, std::size_t number) noexcept;                       \
    template double Categorical::share_among_free<T>(std::span<T> x, std::span<T const> clamped,                     \
                                                     std::span<T const> state) noexcept;                             \
    template class UnitAdapter<Categorical, T>;
#include <boltz/detail/instantiate.hpp>
