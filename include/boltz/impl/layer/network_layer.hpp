// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/layer/network_layer.hpp>

#include <boltz/unit/any_activation.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace boltz {

template <std::floating_point T>
AnyHiddenLayer<T>::AnyHiddenLayer(std::size_t size, std::unique_ptr<AnyActivation<T>> unit)
    : size_{size}, unit_{std::move(unit)} {
    unit_->prepare(size_);
}

template <std::floating_point T>
AnyHiddenLayer<T>& AnyHiddenLayer<T>::operator=(AnyHiddenLayer other) noexcept {
    size_ = other.size_;
    unit_ = std::move(other.unit_);
    return *this;
}

template <std::floating_point T>
AnyOutputLayer<T>::AnyOutputLayer(std::size_t size, std::unique_ptr<AnyUnit<T>> unit)
    : size_{size}, unit_{std::move(unit)} {
    unit_->prepare(size_);
}

template <std::floating_point T>
AnyOutputLayer<T>& AnyOutputLayer<T>::operator=(AnyOutputLayer other) noexcept {
    size_ = other.size_;
    unit_ = std::move(other.unit_);
    return *this;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class AnyHiddenLayer<T>;                                                                                \
    template class AnyOutputLayer<T>;
#include <boltz/detail/instantiate.hpp>
