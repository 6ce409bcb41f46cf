// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/parameter_set.hpp>

#include <boltz/archive.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>

namespace boltz {

template <std::floating_point T>
void ParameterSet<T>::archive(Archive& archive) {
    for (std::size_t c = 0; c < weights.size(); ++c) archive("weights_" + std::to_string(c), weights[c]);
    for (std::size_t l = 0; l < biases.size(); ++l) archive("bias_" + std::to_string(l), biases[l]);
    for (std::size_t l = 0; l < of_units.size(); ++l) archive("unit_" + std::to_string(l), of_units[l]);
}

template <std::floating_point T>
void AnyParametric<T>::for_each_unit_parameters(std::size_t layer,
                                                detail::FunctionRef<void(std::span<double>, std::size_t)> f) {
    static_cast<void>(layer);
    static_cast<void>(f);
}

template <std::floating_point T>
ParameterSet<T> AnyParametric<T>::make_gradient() const {
    ParameterSet<T> set;
    for (std::size_t c = 0; c < weight_connections().size(); ++c) {
        Block<T const> const block = weight_block(c);
        set.weights.push_back(zero_matrix<T>(block.rows, block.columns));
    }
    for (std::size_t l = 0; l < parameter_layers(); ++l) {
        set.biases.push_back(zero_vector<T>(bias_span(l).size()));
        std::size_t count = 0;
        const_cast<AnyParametric*>(this)->for_each_unit_parameters(
            l, [&](std::span<double> values, std::size_t first) { count = first + values.size(); });
        set.of_units.push_back(zero_vector<double>(count));
    }
    return set;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template struct ParameterSet<T>;                                                                                 \
    template class AnyParametric<T>;
#include <boltz/detail/instantiate.hpp>
