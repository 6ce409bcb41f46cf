// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/centred.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>
#include <boltz/schedule.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace boltz {

template <std::floating_point T>
CentredSession<T>::CentredSession(std::unique_ptr<OptimizerSession<T>> inner, Schedule offset_rate,
                                  AnyModel<T> const& model)
    : detail::OptimizerWrapper<T>{std::move(inner)}, rate_{std::move(offset_rate)}, graph_{model.graph()} {
    for (std::size_t const size : graph_.sizes()) offsets_.push_back(zero_vector<T>(size));
    for (auto const& [lower, upper] : graph_.connections())
        before_.push_back(zero_matrix<T>(graph_.size(lower), graph_.size(upper)));
}

template <std::floating_point T>
void CentredSession<T>::observe(Phase<T> const& data, Clock const& clock) {
    detail::OptimizerWrapper<T>::observe(data, clock);
    double const rate = started_ == 0 ? 1.0 : rate_(clock);
    started_ = 1;
    auto const states = data.states();
    for (std::size_t l = 0; l < offsets_.size(); ++l)
        detail::accumulate_rows<T>(offsets_[l], states[l], rate / static_cast<double>(data.rows), 1 - rate);
}

template <std::floating_point T>
void CentredSession<T>::step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                             Executor& executor) {
    auto const moves = [&](std::size_t l) {
        return !this->frozen(l, clock) && !std::as_const(model).bias_span(l).empty();
    };
    // The covariances: W - mu_k g_l' - g_k mu_l' between layers k and l, g being the gradient of the biases that
    // can make up for a move of W.
    for (std::size_t c = 0; c < before_.size(); ++c) {
        auto const [lower, upper] = graph_.connections()[c];
        Block<T> const slope{gradient.weights[c]};
        Vector<T> const& below = gradient.biases[lower];
        Vector<T> const& above = gradient.biases[upper];
        Vector<T> const& offset_below = offsets_[lower];
        Vector<T> const& offset_above = offsets_[upper];
        bool const free_below = moves(lower);
        bool const free_above = moves(upper);
        executor.for_each_block(slope.rows, 128, [&](std::size_t first, std::size_t count) {
            for (std::size_t i = first; i < first + count; ++i) {
                T* const row = slope.row(i).data();
                if (free_above) detail::axpy(row, above.data(), slope.columns, -offset_below(i));
                if (free_below) detail::axpy(row, offset_above.data(), slope.columns, -below(i));
            }
        });
    }
    for_each_share(executor, model,
                   [](T* before, T const* weights, std::size_t n) { std::copy_n(weights, n, before); });
    this->inner().step(model, gradient, clock, executor);
    for_each_share(executor, model,
                   [](T* before, T const* weights, std::size_t n) { detail::axpy(before, weights, n, T{-1}); });
    for (std::size_t l = 0; l < offsets_.size(); ++l) {
        if (!moves(l)) continue;
        Block<T> const bias = as_row(model.bias_span(l));
        for (Neighbour const& n : graph_.neighbours(l))
            detail::gemm(as_row(std::span<T>{offsets_[n.layer].data(), offsets_[n.layer].size()}), detail::Op::none,
                         before_[n.connection], n.pass == detail::Pass::up ? detail::Op::none : detail::Op::transpose,
                         bias, T{1}, T{1});
    }
}

template <std::floating_point T>
void CentredSession<T>::archive(Archive& archive) {
    detail::OptimizerWrapper<T>::archive(archive);
    for (std::size_t l = 0; l < offsets_.size(); ++l) archive("offsets_" + std::to_string(l), offsets_[l]);
    archive("started", started_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class CentredSession<T>;
#include <boltz/detail/instantiate.hpp>
