// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One update of a model's parameters.

#include <boltz/clock.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/states.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz::detail {

/// A part of the gradient of weights: factor * sum over cases of the outer products of two sides a connection.
template <std::floating_point T>
struct OuterProducts {
    std::vector<Sides<T>> sides;
    double factor = 1;

    /// The sides that the states of a phase give the connections of a machine. Allocates the first time only.
    void refer(LayerGraph const& graph, StatesView<T const> states, double times);
};

/// Moves the parameters of a model along a gradient that is a sum of outer products, and packs the weights anew.
///
/// Where the optimizer can do so by parts, a worker takes some rows of W through all of it - the products, the step,
/// the packing - while they are in cache; else the step follows when the whole gradient is there. The parts depend on
/// the sizes of the layers only.
template <std::floating_point T>
class Update {
  public:
    explicit Update(AnyParametric<T> const& model);

    /// The update of a Boltzmann machine: along the difference of the statistics of data and model. `packed` are the
    /// weights of a machine; null for a model of one's own.
    void apply(Phase<T> const& data, Phase<T> const& chains, AnyModel<T>& model, PackedParameters<T>* packed,
               OptimizerSession<T>& optimizer, Clock const& clock, Executor& executor);
    /// The update along a sum of at most two `terms`; `but_weights(gradient)` overwrites the gradient of all other
    /// parameters.
    void apply(std::span<OuterProducts<T> const> terms, FunctionRef<void(ParameterSet<T>&)> but_weights,
               AnyParametric<T>& model, PackedParameters<T>& packed, OptimizerSession<T>& optimizer,
               Clock const& clock, Executor& executor);

  private:
    // An even number of shares that differ by a strip at most and have at most 256 rows: a product of few rows is
    // slower, and unequal shares leave workers idle.
    void cut(std::size_t connection, std::size_t rows);
    void pack_operands(Products<T> const& products, std::size_t terms, Executor& executor);

    ParameterSet<T> gradient_;
    std::vector<WeightRows> parts_;
    std::array<OuterProducts<T>, 2> phases_;
    std::array<typename Products<T>::Operands, 2> operands_;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/detail/update.hpp>
#endif
