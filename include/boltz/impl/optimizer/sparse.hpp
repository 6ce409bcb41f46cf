// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/sparse.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
SparseSession<T>::SparseSession(std::unique_ptr<OptimizerSession<T>> inner, std::vector<SparsityTarget> targets,
                                double damping, LayerGraph const& graph)
    : detail::OptimizerAdaptor<T>{std::move(inner)}, targets_{std::move(targets)}, damping_{damping} {
    for (std::size_t const size : graph.sizes())
        for (auto* const set : {&activities_, &batch_, &pull_}) set->push_back(zero_vector<T>(size));
}

template <std::floating_point T>
void SparseSession<T>::observe(Phase<T> const& data, Clock const& clock) {
    detail::OptimizerAdaptor<T>::observe(data, clock);
    if (targets_.empty()) return;
    double const keep = started_ == 0 ? 0.0 : damping_;
    started_ = 1;
    auto const states = data.states();
    for (std::size_t l = 0; l < batch_.size(); ++l) {
        detail::accumulate_rows<T>(batch_[l], states[l], 1 / static_cast<double>(data.rows), 0);
        T* const q = activities_[l].data();
        detail::weighted_sum<T>(q, static_cast<T>(keep), batch_[l].data(), static_cast<T>(1 - keep), q,
                                batch_[l].size());
    }
    for (SparsityTarget const& one : targets_)
        for (std::size_t j = 0; j < pull_[one.layer].size(); ++j)
            pull_[one.layer](j) =
                static_cast<T>(one.cost * (one.target - static_cast<double>(activities_[one.layer](j))));
}

template <std::floating_point T>
void SparseSession<T>::step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                            Executor& executor) {
    for (std::size_t c = 0; c < gradient.weights.size(); ++c)
        executor.for_each_block(gradient.weights[c].shape(0), 128, [&](std::size_t first, std::size_t count) {
            pull_weights(model, gradient, {.connection = c, .first = first, .count = count});
        });
    pull_biases(gradient);
    this->inner().step(model, gradient, clock, executor);
}

template <std::floating_point T>
void SparseSession<T>::step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                                    WeightRows const& rows) {
    pull_weights(model, gradient, rows);
    this->inner().step_weights(model, gradient, clock, rows);
}

template <std::floating_point T>
void SparseSession<T>::step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) {
    pull_biases(gradient);
    this->inner().step_but_weights(model, gradient, clock);
}

template <std::floating_point T>
void SparseSession<T>::archive(Archive& archive) {
    detail::OptimizerAdaptor<T>::archive(archive);
    for (std::size_t l = 0; l < activities_.size(); ++l) archive("activities_" + std::to_string(l), activities_[l]);
    archive("started", started_);
}

template <std::floating_point T>
void SparseSession<T>::pull_weights(AnyParametric<T> const& model, ParameterSet<T>& gradient,
                                    WeightRows const& rows) const {
    auto const [lower, upper] = model.weight_connections()[rows.connection];
    Vector<T> const& means = batch_[lower];
    for (SparsityTarget const& one : targets_) {
        if (one.layer != upper) continue;
        Block<T> const slope{gradient.weights[rows.connection]};
        for (std::size_t i = rows.first; i < rows.first + rows.count; ++i)
            detail::axpy(slope.row(i).data(), pull_[one.layer].data(), slope.columns, means(i));
    }
}

template <std::floating_point T>
void SparseSession<T>::pull_biases(ParameterSet<T>& gradient) const {
    for (SparsityTarget const& one : targets_)
        detail::axpy(gradient.biases[one.layer].data(), pull_[one.layer].data(), gradient.biases[one.layer].size(),
                     T{1});
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class SparseSession<T>;
#include <boltz/detail/instantiate.hpp>
