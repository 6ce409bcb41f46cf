// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Feed-forward networks out of Boltzmann machines.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/random.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/multinomial.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace boltz {

/// How the inner layers of an unrolled machine come by what they heard from above.
enum class TopDown {
    doubled, ///< they do not: the input from below counts twice in its place
    inferred ///< by input beside the layer below them: inferred means of the layer above, which `top_down_inputs`
             ///< gives
};

namespace detail {

/// Whether the top layer are labels.
template <class M>
inline constexpr bool labelled = std::same_as<UnitOf<M, M::depth - 1>, Multinomial>&& M::depth >= 3;

/// The number of the highest hidden layer that is not the labels.
template <class M>
inline constexpr std::size_t top_hidden = labelled<M> ? M::depth - 2 : M::depth - 1;

template <class M>
constexpr bool hidden_are_binary() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (std::same_as<UnitOf<M, I + 1>, Bernoulli> && ...);
    }
    (std::make_index_sequence<top_hidden<M>>{});
}

/// Refuses a softmax that cannot be.
/// @throws ValueError
inline void check_softmax(std::size_t classes, double deviation) {
    if (!(deviation >= 0 && std::isfinite(deviation)))
        fail<ValueError>("unroll: deviation is ", deviation, ", but must be finite and not negative");
    if (classes == 0) fail<ValueError>("unroll: classes is 0, but must be at least 1");
}

/// Normal weights for the last layer.
template <std::size_t Depth, class T>
void draw_softmax(MLP<Depth, T>& network, double deviation, Random& random) {
    Draws const draws = random.split();
    Matrix<T>& output = network.weights(Depth - 2);
    for (std::size_t i = 0; i < output.shape(0); ++i) draws.normal(i, 0, Block{output}.row(i));
    for (T& weight : output) weight *= static_cast<T>(deviation);
}

/// Hidden layers of the network `out` from those of a machine, whose layer 0 is its layer `first`.
template <class M, class Net>
void unroll_hidden(M const& model, TopDown top_down, Net& out, std::size_t first = 0) {
    using T = typename M::value_type;
    auto const sizes = model.sizes();
    for_each_index<top_hidden<M>>([&](auto below) {
        constexpr std::size_t l = below + 1;
        Matrix<T> const& up = model.weights(below);
        Matrix<T>& weights = out.weights(first + below);
        bool const inner = l < top_hidden<M>;
        T const factor = inner && top_down == TopDown::doubled ? T{2} : T{1};
        for (std::size_t i = 0; i < sizes[below]; ++i)
            for (std::size_t j = 0; j < sizes[l]; ++j) weights(i, j) = factor * up(i, j);
        if constexpr (l < top_hidden<M>)
            if (top_down == TopDown::inferred)
                for (std::size_t i = 0; i < sizes[l + 1]; ++i)
                    for (std::size_t j = 0; j < sizes[l]; ++j) weights(sizes[below] + i, j) = model.weights(l)(j, i);
        auto const& bias = model.template layer<l>().bias();
        std::copy(bias.begin(), bias.end(), out.bias(first + l).begin());
    });
}

template <class M, std::size_t Depth>
auto empty_network(M const& model, std::size_t classes, TopDown top_down) {
    std::array<std::size_t, Depth> sizes{};
    std::array<std::size_t, Depth - 1> beside{};
    auto const of_model = model.sizes();
    for (std::size_t l = 0; l <= top_hidden<M>; ++l) sizes[l] = of_model[l];
    sizes[Depth - 1] = classes;
    if (top_down == TopDown::inferred)
        for (std::size_t l = 0; l + 2 <= top_hidden<M>; ++l) beside[l] = of_model[l + 2];
    return MLP<Depth, typename M::value_type>{sizes, beside};
}

} // namespace detail

/// The network that infers as a machine with binary hidden layers does, with a new softmax on top, whose weights are
/// normal with standard deviation `deviation`.
///
/// h_l = s(h_{l-1} W_{l-1} + r W_l' + b_l), where r are the inferred means of layer l + 1, given beside layer l - 1
/// (Salakhutdinov & Hinton 2009, figure 3; deeper machines alike, for each inner layer). Where mean-field inference
/// has converged the network's hidden layers are its means. `TopDown::doubled` needs no inference: h_l = s(2 h_{l-1}
/// W_{l-1} + b_l) in inner layers, what inference begins with. An RBM is the same with one layer.
/// @throws ValueError if `classes` is 0 or `deviation` is negative or not finite.
template <concepts::Model M>
    requires(!detail::labelled<M>)
[[nodiscard]] auto unroll(M const& model, std::size_t classes, Random& random, TopDown top_down = TopDown::inferred,
                          double deviation = 0.01) {
    static_assert(detail::hidden_are_binary<M>(),
                  "boltz: only machines with Bernoulli hidden layers can be unrolled");
    detail::check_softmax(classes, deviation);
    auto network = detail::empty_network<M, M::depth + 1>(model, classes, top_down);
    detail::unroll_hidden(model, top_down, network);
    detail::draw_softmax(network, deviation, random);
    return network;
}

/// The network of RBMs that stand on each other, each trained on the hidden means of the one below: a deep belief
/// network's way up (Hinton & Salakhutdinov 2006), h_l = s(h_{l-1} W_{l-1} + b_l), with a new softmax on top:
/// `unroll(std::tie(first, second), 10, random)`.
/// @throws ShapeError if an RBM does not have as many visible units as the one below has hidden ones; ValueError as
/// the other forms.
template <class... RBMs>
    requires(sizeof...(RBMs) >= 1 && (concepts::Model<std::remove_const_t<RBMs>> && ...))
[[nodiscard]] auto unroll(std::tuple<RBMs&...> const& stack, std::size_t classes, Random& random,
                          double deviation = 0.01) {
    constexpr std::size_t count = sizeof...(RBMs);
    static_assert(((RBMs::depth == 2) && ...), "boltz: a stack is unrolled from models with one hidden layer each");
    static_assert((detail::hidden_are_binary<RBMs>() && ...),
                  "boltz: only machines with Bernoulli hidden layers can be unrolled");
    using T = typename std::tuple_element_t<0, std::tuple<RBMs...>>::value_type;
    static_assert((std::same_as<typename RBMs::value_type, T> && ...),
                  "boltz: the RBMs of a stack have one number type");
    detail::check_softmax(classes, deviation);
    std::array<std::size_t, count + 2> sizes{};
    sizes[0] = std::get<0>(stack).sizes()[0];
    sizes[count + 1] = classes;
    detail::for_each_index<count>([&](auto i) {
        auto const [visible, hidden] = std::get<i>(stack).sizes();
        if (visible != sizes[i])
            detail::fail<ShapeError>("unroll: RBM ", std::size_t{i}, " of the stack has ", visible,
                                     " visible units, but the one below has ", sizes[i], " hidden ones");
        sizes[i + 1] = hidden;
    });
    MLP<count + 2, T> network{sizes};
    detail::for_each_index<count>(
        [&](auto i) { detail::unroll_hidden(std::get<i>(stack), TopDown::inferred, network, i); });
    detail::draw_softmax(network, deviation, random);
    return network;
}

/// The same for a machine with labels on top: the softmax begins with the machine's own label weights and biases.
template <concepts::Model M>
    requires(detail::labelled<M>)
[[nodiscard]] auto unroll(M const& model, TopDown top_down = TopDown::inferred) {
    static_assert(detail::hidden_are_binary<M>(),
                  "boltz: only machines with Bernoulli hidden layers can be unrolled");
    auto network = detail::empty_network<M, M::depth>(model, model.sizes()[M::depth - 1], top_down);
    detail::unroll_hidden(model, top_down, network);
    network.weights(M::depth - 2) = model.weights(M::depth - 2);
    auto const& bias = model.template layer<M::depth - 1>().bias();
    std::copy(bias.begin(), bias.end(), network.bias(M::depth - 1).begin());
    return network;
}

} // namespace boltz
