// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/persistent_cd.hpp>

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/persistent_chains.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
PersistentCD::Session<T> PersistentCD::bind(AnyField<T> const& field) const {
    if (chains == 0) detail::fail<ValueError>("PersistentCD: chains is 0, but must be at least 1");
    return Session<T>{*this, field};
}

template <std::floating_point T>
Phase<T> const& PersistentCD::Session<T>::sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet,
                                                 Draws const& draws, Clock const& clock, Executor& executor) {
    auto const chains = chains_.blocks();
    auto const means = means_.blocks();
    if (started_ == 0) detail::begin_chains(field, policy_.start, posterior, chains, draws.stream(0), "PersistentCD");
    started_ = 1;
    auto const steps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.sweeps(clock))));
    detail::refer_to_chains(field.graph(), chains, means, policy_.statistics, phase_);
    executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
        for (std::size_t k = 1; k <= steps; ++k)
            sweep(field, chains.row_range(first, count), means.row_range(first, count), k == steps,
                  draws.stream(k).from_row(first));
        if (policy_.statistics == Statistics::means) detail::replace_by_means(field, means.row_range(first, count));
    });
    return phase_;
}

template <std::floating_point T>
void PersistentCD::Session<T>::archive(Archive& archive) {
    archive("started", started_);
    archive.nested("chains", chains_);
}

template <std::floating_point T>
void PersistentCD::Session<T>::sweep(AnyField<T> const& field, StatesView<T> states, StatesView<T> means, bool last,
                                     Draws const& draws) const {
    std::size_t const colours = field.graph().colours();
    for (std::size_t colour = colours; colour-- > 0;) {
        bool const kept = colour == 0 ? policy_.statistics != Statistics::samples
                                      : policy_.statistics == Statistics::means && colours > 2;
        if (last && kept)
            gibbs_update_with_means(field, states, means, colour, draws);
        else
            gibbs_update(field, states, colour, draws);
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template PersistentCD::Session<T> PersistentCD::bind<T>(AnyField<T> const& field) const;                         \
    template class PersistentCD::Session<T>;
#include <boltz/detail/instantiate.hpp>
