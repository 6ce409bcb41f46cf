// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/max_norm.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace boltz {

template <std::floating_point T>
MaxNormSession<T>::MaxNormSession(std::unique_ptr<OptimizerSession<T>> inner, double norm,
                                  AnyParametric<T> const& model)
    : detail::OptimizerAdaptor<T>{std::move(inner)}, norm_{static_cast<T>(norm)} {
    std::size_t widest = 0;
    for (std::size_t c = 0; c < model.weight_connections().size(); ++c)
        widest = std::max(widest, model.weight_block(c).columns);
    squares_.resize(widest);
}

template <std::floating_point T>
void MaxNormSession<T>::step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                             Executor& executor) {
    this->inner().step(model, gradient, clock, executor);
    limit(model, executor);
}

template <std::floating_point T>
bool MaxNormSession<T>::finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) {
    bool const changed = this->inner().finish_step(model, clock, executor);
    return limit(model, executor) || changed;
}

template <std::floating_point T>
bool MaxNormSession<T>::limit(AnyParametric<T>& model, Executor& executor) {
    std::atomic<bool> changed = false;
    for (std::size_t c = 0; c < model.weight_connections().size(); ++c) {
        Block<T> const weights = model.weight_block(c);
        executor.for_each_block(weights.columns, 128, [&](std::size_t first, std::size_t count) {
            T* const squares = squares_.data() + first;
            std::fill_n(squares, count, T{0});
            for (std::size_t i = 0; i < weights.rows; ++i)
                detail::add_squares(squares, weights.row(i).data() + first, count, T{1});
            for (std::size_t j = 0; j < count; ++j) {
                if (!(squares[j] > norm_ * norm_)) continue;
                T const factor = norm_ / std::sqrt(squares[j]);
                for (std::size_t i = 0; i < weights.rows; ++i) weights(i, first + j) *= factor;
                changed = true;
            }
        });
    }
    return changed;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class MaxNormSession<T>;
#include <boltz/detail/instantiate.hpp>
