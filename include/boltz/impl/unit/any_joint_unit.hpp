// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/any_joint_unit.hpp>

#include <boltz/error.hpp>
#include <boltz/unit/any_unit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
AnyJointUnit<T>::AnyJointUnit(std::vector<std::unique_ptr<AnyUnit<T>>> parts, std::vector<std::size_t> sizes)
    : parts_{std::move(parts)}, sizes_{std::move(sizes)} {
    if (parts_.size() != sizes_.size() || parts_.empty())
        detail::fail<ShapeError>("AnyJointUnit: there are ", parts_.size(), " parts, but ", sizes_.size(), " sizes");
    std::size_t first = 0;
    for (std::size_t const size : sizes_) {
        first_.push_back(first);
        first += size;
    }
}

template <std::floating_point T>
AnyJointUnit<T>::AnyJointUnit(AnyJointUnit const& other)
    : AnyUnit<T>{other}, sizes_{other.sizes_}, first_{other.first_} {
    for (auto const& part : other.parts_) parts_.push_back(part->clone());
}

template <std::floating_point T>
void AnyJointUnit<T>::assign(AnyUnit<T> const& other) {
    check_parts(other);
    AnyJointUnit assigned{*this}; // a part of another kind must leave this unit as it is
    for (std::size_t p = 0; p < parts_.size(); ++p) assigned.parts_[p]->assign(*other.part(p));
    parts_ = std::move(assigned.parts_);
}

template <std::floating_point T>
UnitDescription AnyJointUnit<T>::describe(std::size_t size) const {
    UnitDescription result{std::string{name()}, size};
    for (std::size_t p = 0; p < parts_.size(); ++p) result.parts.push_back(parts_[p]->describe(sizes_[p]));
    return result;
}

template <std::floating_point T>
void AnyJointUnit<T>::prepare(std::size_t size) {
    if (std::size_t const all = first_.back() + sizes_.back(); all != size)
        detail::fail<ShapeError>("AnyJointUnit: the parts have ", all, " units, but the layer has ", size);
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->prepare(sizes_[p]);
}

template <std::floating_point T>
void AnyJointUnit<T>::check_size(std::size_t) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->check_size(sizes_[p]);
}

template <std::floating_point T>
void AnyJointUnit<T>::mean(Block<T> x) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->mean(columns(x, p));
}

template <std::floating_point T>
void AnyJointUnit<T>::sample(Block<T> x, Draws const& draws) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->sample(columns(x, p), draws.stream(p));
}

template <std::floating_point T>
void AnyJointUnit<T>::mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        parts_[p]->mean_and_sample(columns(x, p), columns(state, p), draws.stream(p));
}

template <std::floating_point T>
bool AnyJointUnit<T>::draws_from_mean() const noexcept {
    return std::all_of(parts_.begin(), parts_.end(), [](auto const& part) { return part->draws_from_mean(); });
}

template <std::floating_point T>
void AnyJointUnit<T>::draw(Block<T const> mean, Block<T> state, Draws const& draws) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        parts_[p]->draw(columns(mean, p), columns(state, p), draws.stream(p));
}

template <std::floating_point T>
void AnyJointUnit<T>::mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        parts_[p]->mean_given(columns(x, p), columns(clamped, p), columns(state, p));
}

template <std::floating_point T>
void AnyJointUnit<T>::sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        parts_[p]->sample_given(columns(x, p), columns(clamped, p), columns(state, p), draws.stream(p));
}

template <std::floating_point T>
void AnyJointUnit<T>::add_log_partition(Block<T const> x, std::span<double> out) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->add_log_partition(columns(x, p), out);
}

template <std::floating_point T>
void AnyJointUnit<T>::add_conjugate(Block<T const> mean, std::span<double> out) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->add_conjugate(columns(mean, p), out);
}

template <std::floating_point T>
void AnyJointUnit<T>::add_self_energy(Block<T const> states, std::span<double> out) const {
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->add_self_energy(columns(states, p), out);
}

template <std::floating_point T>
void AnyJointUnit<T>::validate(Block<T const> states, std::string_view argument, std::size_t first_row) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        parts_[p]->validate(columns(states, p), std::string{argument} + ", part " + std::to_string(p) + ",",
                            first_row);
}

template <std::floating_point T>
bool AnyJointUnit<T>::lies_between_states(std::span<T const> row) const {
    for (std::size_t p = 0; p < parts_.size(); ++p)
        if (parts_[p]->lies_between_states(row.subspan(first_[p], sizes_[p]))) return true;
    return false;
}

template <std::floating_point T>
double AnyJointUnit<T>::natural_parameter(double mean, double smoothing, std::size_t column) const {
    // All parts are asked first, or some would get biases before another one is refused.
    for (auto const& part : parts_) static_cast<void>(part->natural_parameter(mean, smoothing, 0));
    std::size_t const p = part_of(column);
    return parts_[p]->natural_parameter(mean, smoothing, column - first_[p]);
}

template <std::floating_point T>
double AnyJointUnit<T>::state_count(std::size_t) const {
    double count = 1;
    for (std::size_t p = 0; p < parts_.size(); ++p) count *= parts_[p]->state_count(sizes_[p]);
    return count;
}

template <std::floating_point T>
bool AnyJointUnit<T>::countable() const noexcept {
    return std::all_of(parts_.begin(), parts_.end(), [](auto const& part) { return part->countable(); });
}

template <std::floating_point T>
void AnyJointUnit<T>::write_state(std::size_t index, std::span<T> out) const {
    if (!countable()) detail::fail<ValueError>("write_state: the states of ", name(), " units cannot be counted off");
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        auto const count = static_cast<std::size_t>(parts_[p]->state_count(sizes_[p]));
        parts_[p]->write_state(index % count, out.subspan(first_[p], sizes_[p]));
        index /= count;
    }
}

template <std::floating_point T>
double AnyJointUnit<T>::precision(std::size_t column) const {
    std::size_t const p = part_of(column);
    return parts_[p]->precision(column - first_[p]);
}

template <std::floating_point T>
bool AnyJointUnit<T>::add_variables(std::size_t first, std::size_t, std::vector<VariableGroup>& groups) const {
    std::size_t const before = groups.size();
    for (std::size_t p = 0; p < parts_.size(); ++p)
        if (!parts_[p]->add_variables(first + first_[p], sizes_[p], groups)) {
            groups.resize(before);
            return false;
        }
    return true;
}

template <std::floating_point T>
std::size_t AnyJointUnit<T>::learned_count() const {
    std::size_t count = 0;
    for (auto const& part : parts_) count += part->learned_count();
    return count;
}

template <std::floating_point T>
void AnyJointUnit<T>::for_each_parameters(detail::FunctionRef<void(std::span<double>, std::size_t)> f) {
    std::size_t before = 0;
    for (auto const& part : parts_) {
        part->for_each_parameters([&](std::span<double> values, std::size_t first) { f(values, before + first); });
        before += part->learned_count();
    }
}

template <std::floating_point T>
void AnyJointUnit<T>::add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                             std::span<double> out) const {
    std::size_t before = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        std::size_t const count = parts_[p]->learned_count();
        parts_[p]->add_parameter_gradient(columns(states, p), moment, factor, out.subspan(before, count));
        before += count;
    }
}

template <std::floating_point T>
void AnyJointUnit<T>::average_with(AnyUnit<T> const& other) {
    check_parts(other);
    for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p]->average_with(*other.part(p));
}

template <std::floating_point T>
void AnyJointUnit<T>::archive(Archive& archive, std::string_view name) {
    struct {
        AnyJointUnit& unit;
        void archive(Archive& nested) {
            for (std::size_t p = 0; p < unit.parts_.size(); ++p)
                unit.parts_[p]->archive(nested, "part_" + std::to_string(p));
        }
    } part{*this};
    archive.nested(name, part);
}

template <std::floating_point T>
void AnyJointUnit<T>::check_parts(AnyUnit<T> const& other) const {
    if (other.parts() != parts_.size())
        detail::fail<ValueError>("a joint unit of ", parts_.size(), " parts cannot take over ", other.name(),
                                 " units of ", other.parts());
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class AnyJointUnit<T>;
#include <boltz/detail/instantiate.hpp>
