// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/layer/run_time_layer.hpp>

#include <boltz/layer/any_layer.hpp>
#include <boltz/unit/any_joint_unit.hpp>
#include <boltz/unit/any_unit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
RunTimeLayer<T>::RunTimeLayer(Vector<T> bias, std::unique_ptr<AnyUnit<T>> unit)
    : AnyLayer<T>{std::move(bias)}, unit_{std::move(unit)} {
    unit_->prepare(this->size());
}

template <std::floating_point T>
RunTimeLayer<T>& RunTimeLayer<T>::operator=(RunTimeLayer other) noexcept {
    std::swap(this->bias(), other.bias());
    std::swap(unit_, other.unit_);
    return *this;
}

template <std::floating_point T>
RunTimeLayer<T> RunTimeLayer<T>::joint(std::vector<AnyLayer<T> const*> const& parts) {
    std::vector<std::unique_ptr<AnyUnit<T>>> units;
    std::vector<std::size_t> sizes;
    std::size_t size = 0;
    for (auto const* part : parts) {
        units.push_back(part->unit().clone());
        sizes.push_back(part->size());
        size += part->size();
    }
    Vector<T> bias = zero_vector<T>(size);
    auto* next = bias.data();
    for (auto const* part : parts) next = std::copy(part->bias().begin(), part->bias().end(), next);
    return {std::move(bias), std::make_unique<AnyJointUnit<T>>(std::move(units), std::move(sizes))};
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class RunTimeLayer<T>;
#include <boltz/detail/instantiate.hpp>
