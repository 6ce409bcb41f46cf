// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The posterior of a model with one hidden layer.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>

namespace boltz {

/// The exact posterior of an RBM: given the visible layer the hidden units are independent, with means A'(W'v + b).
///
/// It exists for two layers only; deeper models do not compile with it and take `MeanField`. One product; nothing is
/// allocated.
struct ExactPosterior {
    template <concepts::Field F>
        requires(F::depth == 2)
    class Session {
      public:
        InferenceReport infer(F const& field, StateBlocks<typename F::value_type, 2> const& states,
                              Observed<2> const& observed, Executor& executor) {
            detail::check_states(field, states, detail::all_layers<2>(), "ExactPosterior");
            executor.for_each_block(states[0].rows, [&](std::size_t first, std::size_t count) {
                auto const block = row_range(states, first, count);
                if (!observed[1]) {
                    field.template input<1>(block, block[1]);
                    field.template layer<1>().unit().mean(block[1]);
                } else if (!observed[0]) {
                    field.template input<0>(block, block[0]);
                    field.template layer<0>().unit().mean(block[0]);
                }
            });
            return {.sweeps = 1, .residual = 0, .converged = true};
        }
    };

    template <concepts::Field F>
        requires(F::depth == 2)
    [[nodiscard]] Session<F> bind(F const&) const { return {}; }
};

} // namespace boltz
