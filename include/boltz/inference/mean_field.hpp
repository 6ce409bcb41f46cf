// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Mean-field inference for models of any depth.

#include <boltz/any_field.hpp>
#include <boltz/inference/inference_session.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// The factorised distribution of the unobserved layers that is closest to their posterior, by sweeps over
/// mu_l = A'(sum over neighbours of W mu + b_l), layer after layer, each with the newest means of its neighbours.
///
/// It starts with one pass from layer 0 on (bottom-up); where a neighbour is not known yet, the input from those that
/// are counts twice in its place (Salakhutdinov & Hinton 2009, section 3). A sweep never lowers the variational
/// bound. A block of rows stops by itself once no mean changes by more than `tolerance`. What the observed layers
/// contribute is computed once. Cost of a sweep: two products a connection between hidden layers.
struct MeanField {
    std::size_t max_sweeps = 10; ///< sweeps after the bottom-up start; 0 leaves the start as it is
    double tolerance = 1e-4;     ///< on the largest change of a mean in a sweep; 0 always runs all sweeps
    double damping = 0;          ///< share of the old mean that a new one keeps, in [0, 1)

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if a number is out of range.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyField<T> const&) const;
};

/// The buffers of a mean-field inference; they grow with the largest batch seen and are reused.
template <std::floating_point T>
class MeanField::Session final : public InferenceSession<T> {
  public:
    explicit Session(MeanField const& policy) : policy_{policy} {}

    InferenceReport infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                          Executor& executor) override;

  private:
    InferenceReport infer_block(AnyField<T> const& field, StatesView<T> states, StatesView<T> fixed,
                                StatesView<T> next, LayerSet observed) const;
    // The start of a layer, whose block holds what observed layers contribute. Layers with lower numbers have begun;
    // the blocks of those that have not hold anything.
    static Factors start_of(LayerGraph const& graph, std::size_t layer, LayerSet observed);
    // Not-a-number if either is.
    template <std::floating_point N>
    static N larger(N a, N b) {
        return std::isnan(b) || b > a ? b : a;
    }
    // Moves the means to their new values, damped; returns the largest change.
    T replace(Block<T> fresh, Block<T> means) const;

    MeanField policy_;
    std::vector<std::size_t> sizes_; // of layers that were ever unobserved, 0 of the others: these need no buffers
    States<T> fixed_;
    States<T> next_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/inference/mean_field.hpp>
#endif
