// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases forward through a network and gradients back.

#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/states.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// Activations of a batch and the gradient of its loss, a worker taking a block of cases through all of it.
template <std::floating_point T>
class BackwardPass {
  public:
    /// Loads the cases and fills `states()` and `gradients()`, those of log p(target) with respect to the input of
    /// each layer. Returns the sum over cases of -log p(target | input) = A(x) + e(target) - target' x, in nats.
    double run(MLP<T> const& network, Products<T> const& products, TrainingData<T> const& data,
               std::span<std::size_t const> indices, DroppedShares const& dropped, Draws const& draws,
               Executor& executor);
    /// What each layer gave on, and the means of the output units at the top.
    [[nodiscard]] StatesView<T> states() noexcept { return states_.blocks(); }
    /// Without the columns of what enters beside a layer.
    [[nodiscard]] StatesView<T> gradients() noexcept { return {of_units_, 0, states_.rows()}; }
    [[nodiscard]] Block<T const> targets() noexcept { return given_[1]; }

  private:
    static void drop_some(Block<T> block, double share, Draws const& draws);
    static void forward(MLP<T> const& network, Products<T> const& products, Block<T const> input,
                        StatesView<T> states, DroppedShares const& dropped, Draws const& draws);
    // losses += A(x) + e(target) - target' x; x becomes the means.
    static void score(AnyUnit<T> const& unit, Block<T const> targets, Block<T> x, Block<T> gradient,
                      std::span<double> losses);

    States<T> given_; // inputs and targets
    States<T> states_;
    States<T> gradients_;
    std::vector<Block<T>> of_units_; // columns of gradients_
    std::vector<double> losses_;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/detail/backward_pass.hpp>
#endif
