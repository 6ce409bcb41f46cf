// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/annealed_chains.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/draws.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/tempered.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
AnnealedChains<T>::AnnealedChains(AnyField<T> const& field, PathBase<T> base, LayerSet observed, LayerSet summed,
                                  std::size_t rows)
    : field_{&field}, base_{base}, observed_{observed}, summed_{summed}, kept_{LayerSet::first(field.layers()) &
                                                                               ~(observed | summed)},
      states_{rows, field.sizes()}, biases_{rows, field.sizes()}, base_biases_{rows, field.sizes()},
      inputs_{rows, field.sizes()}, base_inputs_{base.has_weights() ? rows : 0, field.sizes()}, linear_(rows),
      before_(rows), after_(rows) {}

template <std::floating_point T>
void AnnealedChains<T>::condition() {
    Factors const from_observed{.among = observed_};
    for (std::size_t l = 0; l < field_->layers(); ++l) {
        if (observed_[l]) continue;
        field_->input(l, states_, biases_[l], from_observed);
        base_.input(l, states_, base_biases_[l], from_observed);
    }
}

template <std::floating_point T>
void AnnealedChains<T>::add_base_sum(std::span<double> out) {
    std::vector<double> own(rows(), 0.0);
    for (std::size_t l = 0; l < field_->layers(); ++l) {
        if (!observed_[l]) {
            field_->unit(l).add_log_partition(base_biases_[l], out);
            continue;
        }
        field_->input(l, states_, inputs_[l], {.among = below(l, observed_)});
        add_dots(states_[l], inputs_[l], 1, out);
        field_->unit(l).add_self_energy(states_[l], own);
    }
    for (std::size_t i = 0; i < rows(); ++i) out[i] -= own[i];
}

template <std::floating_point T>
void AnnealedChains<T>::draw_from_base(Draws const& draws) {
    for (std::size_t l = 0; l < field_->layers(); ++l) {
        if (!kept_[l]) continue;
        copy(base_biases_[l], states_[l]);
        field_->unit(l).sample(states_[l], draws.stream(l));
    }
    update_inputs();
}

template <std::floating_point T>
void AnnealedChains<T>::update_inputs() {
    mixed_at_ = none;
    std::fill(linear_.begin(), linear_.end(), 0.0);
    for (std::size_t l = 0; l < field_->layers(); ++l) {
        if (observed_[l]) continue;
        if (summed_[l]) {
            copy(biases_[l], inputs_[l]);
            field_->input(l, states_, inputs_[l], from_free());
            if (base_.has_weights()) {
                copy(base_biases_[l], base_inputs_[l]);
                base_.input(l, states_, base_inputs_[l], from_free());
            }
            continue;
        }
        add_dots(states_[l], biases_[l], 1, linear_);
        add_dots(states_[l], base_biases_[l], -1, linear_);
        LayerSet const kept_below = below(l, kept_);
        if (kept_below.empty()) continue;
        field_->input(l, states_, inputs_[l], {.bias = 0, .among = kept_below});
        if (base_.has_weights())
            base_.input(l, states_, inputs_[l],
                        {.below = -1, .above = -1, .bias = 0, .keep = 1, .among = kept_below});
        add_dots(states_[l], inputs_[l], 1, linear_);
    }
}

template <std::floating_point T>
void AnnealedChains<T>::add_difference(double here, double there, std::span<double> out) {
    std::fill(before_.begin(), before_.end(), 0.0);
    std::fill(after_.begin(), after_.end(), 0.0);
    mix(here);
    add_log_partitions(before_);
    mix(there);
    add_log_partitions(after_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += (there - here) * linear_[i] + (after_[i] - before_[i]);
}

template <std::floating_point T>
void AnnealedChains<T>::move(double beta, Order order, Draws const& draws) {
    mix(beta);
    std::size_t const layers = field_->layers();
    for (std::size_t l = 0; l < layers; ++l)
        if (summed_[l]) field_->unit(l).sample(states_[l], draws.stream(l));
    Tempered<T> const tempered{*field_, base_, beta};
    for (std::size_t number = 0; number < layers; ++number)
        draw_kept(order == Order::up ? number : layers - 1 - number, tempered, draws);
    update_inputs();
}

template <std::floating_point T>
void AnnealedChains<T>::add_dots(Block<T const> x, Block<T const> y, double sign, std::span<double> out) {
    for (std::size_t i = 0; i < x.rows; ++i) out[i] += sign * dot(x.row(i).data(), y.row(i).data(), x.columns);
}

template <std::floating_point T>
void AnnealedChains<T>::mix(double beta) {
    if (beta == mixed_at_) return;
    mixed_at_ = beta;
    for (std::size_t l = 0; l < field_->layers(); ++l) {
        if (!summed_[l]) continue;
        Block<T> const base = base_.has_weights() ? base_inputs_[l] : base_biases_[l];
        blend(base, inputs_[l], beta, states_[l]);
    }
}

template <std::floating_point T>
void AnnealedChains<T>::add_log_partitions(std::span<double> out) {
    for (std::size_t l = 0; l < field_->layers(); ++l)
        if (summed_[l]) field_->unit(l).add_log_partition(states_[l], out);
}

template <std::floating_point T>
void AnnealedChains<T>::draw_kept(std::size_t l, Tempered<T> const& tempered, Draws const& draws) {
    if (!kept_[l]) return;
    blend(base_biases_[l], biases_[l], tempered.beta(), states_[l]);
    tempered.input(l, states_, states_[l], from_free());
    field_->unit(l).sample(states_[l], draws.stream(l));
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class AnnealedChains<T>;                                                                                \
    }
#include <boltz/detail/instantiate.hpp>
