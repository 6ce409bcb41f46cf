// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Deep Boltzmann machines out of stacks of RBMs that were trained with doubled inputs.

#include <boltz/layer/any_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace boltz {

namespace detail {

/// The factors with which RBM `i` of a stack is trained for a deep Boltzmann machine: those of its visible side (per
/// part) and of its hidden side. The bottom RBM's up-pass and the top RBM's down-pass count twice, those of inner
/// RBMs and labels once (Salakhutdinov & Hinton 2009, section 3.1). A single RBM is trained as it is.
template <std::floating_point T>
[[nodiscard]] LayerFactors doubled_factors(Stack<T> const& stack, std::size_t i);

/// Adds to a layer what an RBM that has it gives. It comes first from the RBM below it, then, if it is shared, from
/// the one above.
template <std::floating_point T>
void add_layer(AnyLayer<T>& layer, std::span<std::type_identity_t<T> const> bias, AnyUnit<T> const& unit,
               double factor, bool already_there);

/// @throws ValueError, ShapeError if a machine does not have the layers of a stack.
template <std::floating_point T>
void check_composition(Stack<T> const& stack, BoltzmannMachine<T> const& machine);

} // namespace detail

/// Writes the parameters of a stack whose RBMs were trained with doubled inputs (`DoubledInput`,
/// `InputScaling::doubled`) into a machine of its layers, a chain. What the machine had before does not count.
///
/// One rule puts the machine together: the natural parameter of a layer is the mean over the RBMs that share it of
/// what each gives it, factors included. So doubled weights and biases enter as they are, biases adding up; plain
/// ones, of inner RBMs, enter halved; precisions are averaged. Then p(h | neighbours) in the machine is proportional
/// to sqrt(p_below(h) p_above(h)) (Salakhutdinov & Hinton 2009, section 3.1).
/// @throws ValueError if the machine is no chain, or has other units or another number of layers than the stack;
/// ShapeError if a layer has another size; the machine is then unchanged.
template <std::floating_point T>
void compose_into(Stack<T> const& stack, BoltzmannMachine<T>& machine);

/// The deep Boltzmann machine of a stack whose RBMs were trained with doubled inputs: `compose_into` a new machine of
/// the stack's layers. A stack of one RBM gives that RBM again.
template <std::floating_point T>
[[nodiscard]] BoltzmannMachine<T> compose_dbm(Stack<T> const& stack);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/pretraining/compose.hpp>
#endif
