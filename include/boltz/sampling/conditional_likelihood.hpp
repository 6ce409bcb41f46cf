// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Discriminative learning of the top layer given the one below.

#include <boltz/concepts.hpp>

#include <cstddef>

namespace boltz {

/// Statistics for the gradient of log p(s_1 | s_0), the conditional log-likelihood of the upper layer of a two-layer
/// model: the "model" phase keeps the data below and puts the mean of the upper layer given it in place of the
/// labels.
///
/// With multinomial units above this is softmax regression: the gradient of the weights is s_0' (label - p(label |
/// s_0)). Nothing is drawn.
struct ConditionalLikelihood {
    /// Without labels there is nothing to learn; a training without them does not compile.
    static constexpr bool needs_labels = true;

    template <concepts::Field F>
        requires(F::depth == 2)
    class Session {
        using T = typename F::value_type;

      public:
        Phase<T, 2> sample(F const& field, StateBlocks<T, 2> const& posterior, Draws const&, Clock const&,
                           Executor& executor) {
            means_.require(posterior[0].rows, {1, field.sizes()[1]});
            StateBlocks<T, 2> states{posterior[0], means_[1]};
            executor.for_each_block(posterior[0].rows, [&](std::size_t first, std::size_t count) {
                auto const block = row_range(states, first, count);
                field.template input<1>(block, block[1]);
                field.template layer<1>().unit().mean(block[1]);
            });
            return {states, {Moment::state, Moment::mean}};
        }

        template <class Archive>
        void archive(Archive&) {}

      private:
        States<T, 2> means_;
    };

    template <concepts::Field F>
        requires(F::depth == 2)
    [[nodiscard]] Session<F> bind(F const&) const { return {}; }
};

} // namespace boltz
