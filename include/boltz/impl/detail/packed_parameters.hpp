// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/detail/packed_parameters.hpp>

#include <boltz/compute.hpp>
#include <boltz/detail/blas_kernels.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>

namespace boltz {

namespace detail {

template <std::floating_point T>
void PackedParameters<T>::check(Precision precision) {
    if (precision != Precision::bfloat16) return;
    constexpr auto refused = "Compute: precision is bfloat16, but ";
    if (!single) fail<ValueError>(refused, "the model's numbers are double");
    if (std::string const reason = without_bfloat16(); !reason.empty()) fail<ValueError>(refused, reason);
}

template <std::floating_point T>
void PackedParameters<T>::choose(std::size_t connection, Precision precision) {
    rounded_[connection] = precision == Precision::bfloat16;
    Block<T const> const weights = model_->weight_block(connection);
    products_.choose(connection, weights.rows, weights.columns, precision);
}

template <std::floating_point T>
void PackedParameters<T>::refresh(Executor& executor) {
    for (std::size_t c = 0; c < rounded_.size(); ++c) {
        std::size_t const rows = model_->weight_block(c).rows;
        std::size_t const strips = (rows + strip - 1) / strip;
        executor.for_each_block(strips, 1, [&](std::size_t at, std::size_t) {
            refresh({.connection = c, .first = at * strip, .count = std::min(strip, rows - at * strip)});
        });
    }
}

template <std::floating_point T>
void PackedParameters<T>::refresh(WeightRows const& rows) {
    products_.refresh(rows.connection, model_->weight_block(rows.connection), rows.first, rows.count);
}

template <std::floating_point T>
std::string PackedParameters<T>::description() const {
    std::array<bool, 2> seen{};
    bool packed = false;
    for (std::size_t c = 0; c < rounded_.size(); ++c) {
        seen[rounded_[c] ? 1 : 0] = true;
        packed = packed || products_.packs(c);
    }
    std::string const number = single ? "float32" : "float64";
    std::string const kinds = !seen[1] ? number : !seen[0] ? "bfloat16" : "bfloat16 and float32";
    return kinds + " by " + (packed ? product_library()->name() : describe_blas());
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class PackedParameters<T>;                                                                              \
    }
#include <boltz/detail/instantiate.hpp>
