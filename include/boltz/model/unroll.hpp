// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Feed-forward networks out of Boltzmann machines.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/random.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/unit/unit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
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
[[nodiscard]] bool has_labels(BoltzmannMachine<T> const& machine) {
    std::size_t const top = machine.layers() - 1;
    return top >= 2 && is_label(machine.unit(top), machine.graph().size(top));
}

/// The number of the highest hidden layer that is not the labels.
template <std::floating_point T>
[[nodiscard]] std::size_t top_hidden(BoltzmannMachine<T> const& machine) {
    return has_labels(machine) ? machine.layers() - 2 : machine.layers() - 1;
}

/// Refuses a machine whose layers do not stand on each other.
/// @throws ValueError
template <std::floating_point T>
void check_chain(BoltzmannMachine<T> const& machine) {
    if (machine.layers() < 2 ||
        machine.graph().connections() != LayerGraph::chain(machine.graph().sizes()).connections())
        fail<ValueError>("unroll: the machine must be a chain of two or more layers, each connected with the next");
}

/// Checks the arguments of the new softmax layer.
/// @throws ValueError
inline void check_softmax(std::size_t classes, double deviation) {
    if (!(deviation >= 0 && std::isfinite(deviation)))
        fail<ValueError>("unroll: deviation is ", deviation, ", but must be finite and not negative");
    if (classes == 0) fail<ValueError>("unroll: classes is 0, but must be at least 1");
}

/// Normal weights for the last layer.
template <std::floating_point T>
void draw_softmax(MLP<T>& network, double deviation, Random& random) {
    Draws const draws = random.split();
    Matrix<T>& output = network.weights(network.layers() - 2);
    for (std::size_t i = 0; i < output.shape(0); ++i) draws.normal(i, 0, Block{output}.row(i));
    for (T& weight : output) weight *= static_cast<T>(deviation);
}

/// Hidden layers 1 .. `top` of a machine as layers of a network.
/// @throws ValueError if one of them has other units than hidden units of a network.
template <std::floating_point T>
void add_hidden(BoltzmannMachine<T> const& machine, std::size_t top, std::vector<AnyHiddenLayer<T>>& out) {
    for (std::size_t l = 1; l <= top; ++l) {
        auto unit = machine.unit(l).activation();
        if (unit == nullptr)
            fail<ValueError>("unroll: layer ", l, " has ", machine.unit(l).name(),
                             " units, which cannot be hidden units of a network: their means have no slope each");
        out.emplace_back(machine.graph().size(l), std::move(unit));
    }
}

/// Weights and biases of layers `first` + 1 .. `first` + `top` of a network from those of a machine.
template <std::floating_point T>
void copy_hidden(BoltzmannMachine<T> const& machine, std::size_t top, TopDown top_down, MLP<T>& out,
                 std::size_t first = 0) {
    auto const& sizes = machine.graph().sizes();
    for (std::size_t l = 1; l <= top; ++l) {
        Matrix<T> const& up = machine.weights(l - 1);
        Matrix<T>& weights = out.weights(first + l - 1);
        bool const inner = l < top;
        T const factor = inner && top_down == TopDown::doubled ? T{2} : T{1};
        for (std::size_t i = 0; i < sizes[l - 1]; ++i)
            for (std::size_t j = 0; j < sizes[l]; ++j) weights(i, j) = factor * up(i, j);
        if (inner && top_down == TopDown::inferred)
            for (std::size_t i = 0; i < sizes[l + 1]; ++i)
                for (std::size_t j = 0; j < sizes[l]; ++j) weights(sizes[l - 1] + i, j) = machine.weights(l)(j, i);
        auto const& bias = machine.layer(l).bias();
        std::copy(bias.begin(), bias.end(), out.bias(first + l).begin());
    }
}

/// The network of a machine's layers up to its top hidden one, below this output.
template <std::floating_point T>
[[nodiscard]] MLP<T> unrolled(BoltzmannMachine<T> const& machine, TopDown top_down, AnyOutputLayer<T> output) {
    check_chain(machine);
    std::size_t const top = top_hidden(machine);
    auto const& sizes = machine.graph().sizes();
    std::vector<AnyHiddenLayer<T>> hidden;
    add_hidden(machine, top, hidden);
    NetworkInput input{sizes[0]};
    if (top_down == TopDown::inferred)
        for (std::size_t l = 2; l <= top; ++l) input.beside.push_back(sizes[l]);
    MLP<T> network{std::move(input), std::move(hidden), std::move(output)};
    copy_hidden(machine, top, top_down, network);
    return network;
}

template <std::floating_point T>
[[nodiscard]] MLP<T> unroll(BoltzmannMachine<T> const& machine, std::size_t classes, Random& random, TopDown top_down,
                            double deviation) {
    check_softmax(classes, deviation);
    if (has_labels(machine))
        fail<ValueError>("unroll: the machine has labels on top, which make the softmax: leave classes away");
    MLP<T> network = unrolled<T>(machine, top_down, OutputLayer<Multinomial, T>{classes});
    draw_softmax(network, deviation, random);
    return network;
}

template <std::floating_point T>
[[nodiscard]] MLP<T> unroll_with_labels(BoltzmannMachine<T> const& machine, TopDown top_down) {
    std::size_t const top = machine.layers() - 1;
    if (!has_labels(machine))
        fail<ValueError>("unroll: the machine has no labels on top of two or more other layers, but ",
                         machine.unit(top).name(), " units: give the number of classes");
    MLP<T> network =
        unrolled<T>(machine, top_down, AnyOutputLayer<T>{machine.graph().size(top), machine.unit(top).clone()});
    network.weights(top - 1) = machine.weights(top - 1);
    network.bias(top) = machine.layer(top).bias();
    return network;
}

template <std::floating_point T>
[[nodiscard]] MLP<T> unroll_stack(std::span<BoltzmannMachine<T> const* const> stack, std::size_t classes,
                                  Random& random, double deviation) {
    check_softmax(classes, deviation);
    std::vector<AnyHiddenLayer<T>> hidden;
    std::size_t below = stack[0]->graph().size(0);
    for (std::size_t i = 0; i < stack.size(); ++i) {
        check_chain(*stack[i]);
        if (stack[i]->layers() != 2)
            fail<ValueError>("unroll: machine ", i, " of the stack has ", stack[i]->layers(),
                             " layers, but those of a stack have one hidden layer each");
        if (std::size_t const visible = stack[i]->graph().size(0); visible != below)
            fail<ShapeError>("unroll: RBM ", i, " of the stack has ", visible,
                             " visible units, but the one below has ", below, " hidden ones");
        add_hidden(*stack[i], 1, hidden);
        below = hidden.back().size();
    }
    MLP<T> network{stack[0]->graph().size(0), std::move(hidden), OutputLayer<Multinomial, T>{classes}};
    for (std::size_t i = 0; i < stack.size(); ++i) copy_hidden(*stack[i], 1, TopDown::inferred, network, i);
    draw_softmax(network, deviation, random);
    return network;
}

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

/// The network of RBMs that stand on each other, each trained on the hidden means of the one below: a deep belief
/// network's way up (Hinton & Salakhutdinov 2006), h_l = f(h_{l-1} W_{l-1} + b_l), with a new softmax on top:
/// `unroll(std::tie(first, second), 10, random)`.
/// @throws ShapeError if an RBM does not have as many visible units as the one below has hidden ones; ValueError as
/// the other forms.
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
    return std::apply(
        [&](auto&... machines) {
            std::array<BoltzmannMachine<T> const*, sizeof...(RBMs)> const list{&machines...};
            return detail::unroll_stack<T>(list, classes, random, deviation);
        },
        stack);
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

} // namespace boltz
