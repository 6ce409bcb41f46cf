// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/prepared.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/boltzmann_machine.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
Prepared<T>::Prepared(AnyField<T> const& field) : field_{&field}, machine_{field.machine()} {
    if (machine_ != nullptr) packed_.emplace(*machine_);
}

template <std::floating_point T>
Prepared<T>::Prepared(AnyField<T> const& field, Compute const& compute) : Prepared{field} {
    Executor executor{compute};
    choose(compute.precision == Precision::automatic ? Precision::float32 : compute.precision);
    refresh(executor);
}

template <std::floating_point T>
void Prepared<T>::check(AnyField<T> const& field, Precision precision) {
    if (precision != Precision::bfloat16) return;
    if (field.machine() == nullptr)
        detail::fail<ValueError>("Compute: precision is bfloat16, but the model makes its products by itself");
    detail::PackedParameters<T>::check(precision);
}

template <std::floating_point T>
void Prepared<T>::choose(Precision precision, bool gains) {
    check(*field_, precision);
    if (!packed_) return;
    bool const reduced = precision == Precision::bfloat16 || (precision == Precision::automatic && gains);
    auto const& connections = graph().connections();
    for (std::size_t c = 0; c < connections.size(); ++c) {
        bool const counts = unit(connections[c].lower).countable() && unit(connections[c].upper).countable();
        bool const rounded = std::same_as<T, float> && reduced && (precision == Precision::bfloat16 || counts);
        packed_->choose(c, rounded ? Precision::bfloat16 : Precision::float32);
    }
}

template <std::floating_point T>
void Prepared<T>::refresh(Executor& executor) {
    if (packed_) packed_->refresh(executor);
}

template <std::floating_point T>
void Prepared<T>::refresh(WeightRows const& rows) {
    if (packed_) packed_->refresh(rows);
}

template <std::floating_point T>
void Prepared<T>::release() noexcept {
    if (packed_) packed_->release();
}

template <std::floating_point T>
void Prepared<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors) const {
    if (machine_ != nullptr)
        machine_->input(layer, states, out, factors, packed_->products());
    else
        field_->input(layer, states, out, factors);
}

namespace detail {

template <std::floating_point T>
void check_products(AnyField<T> const& field, Compute const& compute) {
    if (dynamic_cast<AnyModel<T> const*>(&field) != nullptr) Prepared<T>::check(field, compute.precision);
}

template <std::floating_point T>
PreparedForCall<T>::PreparedForCall(AnyField<T> const& field, Compute const& compute) : field_{&field} {
    if (field.machine() == nullptr) return;
    prepared_.emplace(field, compute);
    field_ = &*prepared_;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class Prepared<T>;                                                                                      \
    namespace detail {                                                                                               \
    template void check_products<T>(AnyField<T> const& field, Compute const& compute);                               \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class PreparedForCall<T>;                                                                               \
    }
#include <boltz/detail/instantiate.hpp>
