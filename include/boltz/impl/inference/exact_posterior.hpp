// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/inference/exact_posterior.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/inference/inference_session.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

template <std::floating_point T>
InferenceReport ExactPosterior::Session<T>::infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                                                  Executor& executor) {
    detail::check_states(field, states, LayerSet::of(0, 1), "ExactPosterior");
    executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
        auto const block = states.row_range(first, count);
        if (observed[0] && observed[1]) return;
        std::size_t const layer = observed[1] ? 0 : 1;
        field.input(layer, block, block[layer]);
        field.unit(layer).mean(block[layer]);
    });
    return {.sweeps = 1, .residual = 0, .converged = true};
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class ExactPosterior::Session<T>;
#include <boltz/detail/instantiate.hpp>
