// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Feed-forward networks out of Boltzmann machines and stacks of RBMs.

#include <boltz/concepts.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/random.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// What replaces top-down input in the inner layers of an unrolled network.
enum class TopDown {
    doubled, ///< the input from below, counted twice
    inferred ///< input beside the layer below them: inferred means of the layer above, which `top_down_inputs` gives
};

namespace detail {

/// A Boltzmann machine, typed or not.
template <class M>
concept Machine = std::derived_from<M, BoltzmannMachine<typename M::value_type>>;

/// Whether layers 1 .. `top` of a machine can be hidden layers of a network, as far as their units are known when
/// the program is compiled. A layer of labels cannot.
template <class M, std::size_t Top>
inline constexpr bool may_be_hidden = []<std::size_t... L>(std::index_sequence<L...>) {
    return (concepts::Activation<typename M::template layer_type<L + 1>::unit_type, typename M::value_type> && ...);
}
(std::make_index_sequence<Top>{});

/// Whether `unroll(machine, classes)` may be right for a machine, and whether `unroll(machine)` may.
template <class M>
inline constexpr bool may_unroll = true;
template <class M>
    requires requires { M::depth; }
inline constexpr bool may_unroll<M> = may_be_hidden<M, M::depth - 1>;
template <class M>
inline constexpr bool may_unroll_labels = true;
template <class M>
    requires requires { M::depth; }
inline constexpr bool may_unroll_labels<M> = [] {
    if constexpr (M::depth < 3)
        return false;
    else
        return may_be_hidden<M, M::depth - 2> && !may_be_hidden<M, M::depth - 1>;
}();

/// Whether the top layer of a deep machine are labels.
template <std::floating_point T>
[[nodiscard]] bool has_labels(BoltzmannMachine<T> const& machine);

/// The number of the highest hidden layer that is not the labels.
template <std::floating_point T>
[[nodiscard]] std::size_t top_hidden(BoltzmannMachine<T> const& machine) {
    return has_labels(machine) ? machine.layers() - 2 : machine.layers() - 1;
}

/// Refuses a machine whose layers do not stand on each other.
/// @throws ValueError
template <std::floating_point T>
void check_chain(BoltzmannMachine<T> const& machine);

/// Checks the arguments of the new softmax layer.
/// @throws ValueError
void check_softmax(std::size_t classes, double deviation);

/// Normal weights for the last layer.
template <std::floating_point T>
void draw_softmax(MLP<T>& network, double deviation, Random& random);

/// These units, of layer `l`, as a hidden layer of a network.
/// @throws ValueError if hidden units of a network cannot be such.
template <std::floating_point T>
[[nodiscard]] AnyHiddenLayer<T> hidden_layer(AnyUnit<T> const& unit, std::size_t size, std::size_t l);

/// Weights and biases of layers 1 .. `top` of a network from those of a machine.
template <std::floating_point T>
void copy_hidden(BoltzmannMachine<T> const& machine, std::size_t top, TopDown top_down, MLP<T>& out);

/// The network of a machine's layers up to its top hidden one, below this output.
template <std::floating_point T>
[[nodiscard]] MLP<T> unrolled(BoltzmannMachine<T> const& machine, TopDown top_down, AnyOutputLayer<T> output);

template <std::floating_point T>
[[nodiscard]] MLP<T> unroll(BoltzmannMachine<T> const& machine, std::size_t classes, Random& random, TopDown top_down,
                            double deviation);

template <std::floating_point T>
[[nodiscard]] MLP<T> unroll_with_labels(BoltzmannMachine<T> const& machine, TopDown top_down);

/// Weights and biases of layer `l` of a network.
template <std::floating_point T>
void copy_layer(Block<std::type_identity_t<T> const> weights, std::span<std::type_identity_t<T> const> bias,
                std::size_t l, MLP<T>& out);

/// The same for weights whose rows are units of layer `l` and whose columns are those of the layer below.
template <std::floating_point T>
void copy_layer_transposed(Block<std::type_identity_t<T> const> weights,
                           std::span<std::type_identity_t<T> const> bias, std::size_t l, MLP<T>& out);

/// Hidden layers 1 .. `top` of a stack as layers of a network.
/// @throws ValueError if one of them has other units than hidden units of a network.
template <std::floating_point T>
[[nodiscard]] std::vector<AnyHiddenLayer<T>> hidden_layers(Stack<T> const& stack, std::size_t top);

/// Gives the lowest layers of a network the way up through a stack.
template <std::floating_point T>
void copy_way_up(Stack<T> const& stack, MLP<T>& out);

} // namespace detail

/// The network that infers as a machine does, with a new softmax on top, whose weights are normal with standard
/// deviation `deviation`. Its hidden units must be Bernoulli or others that a network can have
/// (`concepts::Activation`).
///
/// h_l = f(h_{l-1} W_{l-1} + r W_l' + b_l), f the mean of the units, where r are the inferred means of layer l + 1,
/// given beside layer l - 1 (Salakhutdinov & Hinton 2009, figure 3; deeper machines alike, for each inner layer).
/// Where mean-field inference has converged the network's hidden layers are its means. `TopDown::doubled` needs no
/// inference: h_l = f(2 h_{l-1} W_{l-1} + b_l) in inner layers, what inference begins with. An RBM is the same with
/// one layer.
/// @throws ValueError if `classes` is 0, `deviation` is negative or not finite, the machine is no chain of layers,
/// has other hidden units, or has labels on top.
template <detail::Machine M>
[[nodiscard]] MLP<typename M::value_type> unroll(M const& machine, std::size_t classes, Random& random,
                                                 TopDown top_down = TopDown::inferred, double deviation = 0.01) {
    static_assert(detail::may_unroll<M>,
                  "boltz: only machines whose hidden units a network can have, such as Bernoulli, can be unrolled; a "
                  "machine with labels on top brings its own softmax: unroll(machine)");
    return detail::unroll<typename M::value_type>(machine, classes, random, top_down, deviation);
}

/// The same for a machine with labels on top, one group of units of which one is 1: the softmax begins with the
/// machine's own label weights and biases.
/// @throws ValueError if the machine is no chain of layers, has other hidden units, or has no labels on top.
template <detail::Machine M>
[[nodiscard]] MLP<typename M::value_type> unroll(M const& machine, TopDown top_down = TopDown::inferred) {
    static_assert(detail::may_unroll_labels<M>,
                  "boltz: only a machine with labels on top brings its own softmax, and hidden units that a network "
                  "can have, such as Bernoulli; for the others give the number of classes");
    return detail::unroll_with_labels<typename M::value_type>(machine, top_down);
}

/// The network of the way up through a stack, h_l = f(h_{l-1} W_{l-1} + b_l), W and b those of the RBMs and f the
/// mean of their hidden units, with a new softmax on top, whose weights are normal with standard deviation
/// `deviation` (Hinton & Salakhutdinov 2006). For RBMs that were trained as they are, not with doubled inputs.
/// @throws ValueError if `classes` is 0, `deviation` is negative or not finite, the stack has hidden units that a
/// network cannot have, or has labels.
template <std::floating_point T>
[[nodiscard]] MLP<T> unroll(Stack<T> const& stack, std::size_t classes, Random& random, double deviation = 0.01);

/// The same for a stack with labels: the output are these, p(labels | h) of the last RBM, where h are the means of
/// its hidden units given the layer below alone.
/// @throws ValueError if the stack has no labels, or hidden units that a network cannot have.
template <std::floating_point T>
[[nodiscard]] MLP<T> unroll(Stack<T> const& stack);

/// The network whose outputs are the topmost hidden units of a stack: layer by layer, the means of each RBM's hidden
/// units given the means of the layer below. Labels are left out.
/// @throws ValueError if the stack has hidden units below the topmost that a network cannot have.
template <std::floating_point T>
[[nodiscard]] MLP<T> encoder(Stack<T> const& stack);

/// The deep autoencoder of a stack (Hinton & Salakhutdinov 2006, figure 1): up through the hidden layers as
/// `encoder`, down through the same layers by the transposed weights and the biases of the visible layers. Its
/// outputs are the units of layer 0, so its targets are its input: `Backpropagation::fit` on `on_layers<0, 1>(images,
/// images)` tunes it, with 2 `size()` weight matrices that then go their own ways. Labels are left out.
/// @throws ValueError if layers other than 0 have units that hidden units of a network cannot be.
template <std::floating_point T>
[[nodiscard]] MLP<T> autoencoder(Stack<T> const& stack);

/// `unroll` of the stack of these RBMs, each trained on the hidden means of the one below:
/// `unroll(std::tie(first, second), 10, random)`.
/// @throws as `Stack` and `unroll`.
template <class... RBMs>
    requires(sizeof...(RBMs) >= 1 && (detail::Machine<std::remove_const_t<RBMs>> && ...))
[[nodiscard]] auto unroll(std::tuple<RBMs&...> const& stack, std::size_t classes, Random& random,
                          double deviation = 0.01) {
    static_assert((concepts::MaybeTwoLayers<std::remove_const_t<RBMs>> && ...),
                  "boltz: a stack is unrolled from models with one hidden layer each");
    static_assert((detail::may_unroll<std::remove_const_t<RBMs>> && ...),
                  "boltz: only machines whose hidden units a network can have, such as Bernoulli, can be unrolled");
    using T = typename std::tuple_element_t<0, std::tuple<RBMs...>>::value_type;
    static_assert((std::same_as<typename RBMs::value_type, T> && ...),
                  "boltz: the RBMs of a stack have one number type");
    return unroll(std::apply([](auto const&... rbms) { return Stack<T>{rbms...}; }, stack), classes, random,
                  deviation);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/unroll.hpp>
#endif
