// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/parallel_tempering.hpp>

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/persistent_chains.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
ParallelTempering::Session<T> ParallelTempering::bind(AnyField<T> const& field) const {
    return Session<T>{*this, field};
}

template <std::floating_point T>
ParallelTempering::Session<T>::Session(ParallelTempering const& policy, AnyField<T> const& field)
    : policy_{policy}, chains_{policy.chains, field.graph(), TemperatureLadder{policy.temperatures, policy.lowest}},
      own_{uniform_base(field)}, uniform_{own_} {}

template <std::floating_point T>
Phase<T> const& ParallelTempering::Session<T>::sample(AnyField<T> const& field, StatesView<T const> posterior,
                                                      LayerSet, Draws const& draws, Clock const& clock,
                                                      Executor& executor) {
    if (started_ == 0)
        detail::begin_chains(field, policy_.start, posterior, chains_.states(), draws.stream(0), "ParallelTempering");
    started_ = 1;
    auto const rounds = static_cast<std::size_t>(std::max(1.0, std::round(policy_.sweeps(clock))));
    detail::read_biases(field, own_);
    auto const& beginning = policy_.base == Base::own ? own_ : uniform_;
    for (std::size_t k = 1; k <= rounds; ++k) {
        chains_.step(field, own_, beginning, draws.stream(k), executor);
        chains_.ladder().adapt(policy_.adaptation(clock));
    }
    auto const means = chains_.target_means();
    detail::refer_to_chains(field.graph(), chains_.target_states(), means, policy_.statistics, phase_);
    if (policy_.statistics == Statistics::means)
        executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
            detail::replace_by_means(field, means.row_range(first, count));
        });
    return phase_;
}

template <std::floating_point T>
void ParallelTempering::Session<T>::archive(Archive& archive) {
    archive("started", started_);
    archive.nested("chains", chains_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template ParallelTempering::Session<T> ParallelTempering::bind<T>(AnyField<T> const& field) const;               \
    template class ParallelTempering::Session<T>;
#include <boltz/detail/instantiate.hpp>
