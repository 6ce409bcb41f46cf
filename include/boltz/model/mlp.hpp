// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Feed-forward networks.

#include <boltz/archive.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_activation.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/multinomial.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

/// Whether these are hidden layers and then an output layer, of one number type.
template <class T, class... Layers>
inline constexpr bool are_layers_of_network = false;
template <class T, class... Layers>
    requires(sizeof...(Layers) >= 1)
inline constexpr bool are_layers_of_network<T, Layers...> =
    std::derived_from<std::tuple_element_t<sizeof...(Layers) - 1, std::tuple<Layers...>>, AnyOutputLayer<T>> &&
    (0 + ... + (std::derived_from<Layers, AnyHiddenLayer<T>> ? 1 : 0)) + 1 == sizeof...(Layers);

/// Whether output units are a softmax of classes, a multinomial group with one trial, which keeps nothing of its own.
template <std::floating_point T>
[[nodiscard]] bool is_softmax(AnyUnit<T> const& unit, std::size_t size) {
    return unit.name() == Multinomial::name && is_label(unit, size);
}

} // namespace detail

/// A multilayer perceptron, layers 0 (input) .. L (output): h_l = f_l([h_{l-1}, r_{l-1}] W_{l-1} + b_l), where f_l is
/// the mean of the units of layer l; p(target | input) is the distribution of the output units with natural
/// parameters x = [h_{L-1}, r_{L-1}] W_{L-1} + b_L.
///
///     MLP network{784, HiddenLayer<Bernoulli>{500}, HiddenLayer<Rectified>{300}, OutputLayer<Multinomial>{10}};
///
/// has logistic and rectified hidden units and a softmax over 10 classes; with `OutputLayer<Bernoulli>{784}` and its
/// input as target a network is an autoencoder, without hidden layers and with a softmax it is softmax regression.
///
/// r_l is input that enters beside layer l, as the inferred means of the layer above do when a deep Boltzmann machine
/// is unrolled; most networks have none: `MLP{{784, {40}}, ...}` has 40 such numbers beside layer 0. A row of input
/// is [v, r_0, r_1, ...]. `weights(l)` has a row for each number of layer l and for each one beside it, and a column
/// for each unit of layer l + 1. It holds parameters only; they start at 0. `initialise_weights` draws weights,
/// `unroll` makes a network of a Boltzmann machine, `Backpropagation` trains it.
template <std::floating_point T = float>
class MLP : public AnyParametric<T> {
  public:
    using value_type = T;
    using Gradient = ParameterSet<T>;

    /// A network of these layers.
    /// @throws ValueError if a size is 0, there is input beside a layer that gives nothing on, or the weights are
    /// more than memory can hold.
    MLP(NetworkInput input, std::vector<AnyHiddenLayer<T>> hidden, AnyOutputLayer<T> output);
    // Not by requires, as clang 14 forgets that where it deduces T, and takes float.
    template <class... Layers, std::enable_if_t<detail::are_layers_of_network<T, Layers...>, int> = 0>
    explicit MLP(NetworkInput input, Layers... layers) : MLP{std::move(input), Split{std::move(layers)...}} {}

    /// How many layers there are, the input among them.
    [[nodiscard]] std::size_t layers() const noexcept { return sizes_.size(); }
    /// The number of units of each layer.
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return sizes_; }
    /// How many numbers enter beside each layer but the output.
    [[nodiscard]] std::vector<std::size_t> const& beside() const noexcept { return beside_; }
    /// Columns of the blocks of each layer: its units and what enters beside them.
    [[nodiscard]] std::vector<std::size_t> const& widths() const noexcept { return widths_; }
    /// Numbers a row of input has, [v, r_0, r_1, ...].
    [[nodiscard]] std::size_t inputs() const noexcept;
    [[nodiscard]] std::size_t outputs() const noexcept { return sizes_.back(); }
    /// The number of classes of a softmax output.
    /// @throws ValueError if the output units are not one softmax group.
    [[nodiscard]] std::size_t classes() const;
    /// The units of hidden layer l, 1 .. layers() - 2.
    [[nodiscard]] AnyActivation<T> const& hidden(std::size_t l) const { return hidden_.at(l - 1).unit(); }
    [[nodiscard]] AnyUnit<T>& output() noexcept { return output_.unit(); }
    [[nodiscard]] AnyUnit<T> const& output() const noexcept { return output_.unit(); }

    /// The weights from layer l (and what is beside it) to layer l + 1. Replace values, not the shape.
    [[nodiscard]] Matrix<T>& weights(std::size_t l) { return weights_.at(l); }
    [[nodiscard]] Matrix<T> const& weights(std::size_t l) const { return weights_.at(l); }
    /// The biases of layer l; layer 0 has none.
    [[nodiscard]] Vector<T>& bias(std::size_t l) { return biases_.at(l); }
    [[nodiscard]] Vector<T> const& bias(std::size_t l) const { return biases_.at(l); }

    /// Hands rows of input out to the layers they enter, `widths()` wide. Allocates nothing.
    void place(Block<T const> input, StatesView<T> states) const noexcept;
    /// The units of layer l (from 1 on) from the layer below: means of hidden units, natural parameters of output
    /// units. Allocates nothing.
    void forward(std::size_t l, StatesView<T> states, detail::Products<T> const& products = {}) const;
    /// One step back: gradients[l] = d(score) / d(input of layer l) from that of layer l + 1, for l from layers() - 2
    /// down to 1. `states` hold what layer l gave on, that is f(x) / keep where a share `keep` of its units was kept
    /// and 0 at the others. Columns beside the layer become scratch. Allocates nothing.
    void backward(std::size_t l, StatesView<T const> states, StatesView<T> gradients, T keep,
                  detail::Products<T> const& products = {}) const;
    /// The means of the output units for a block of input; `out` has one column an output. Allocates the activations
    /// of the block.
    /// @throws ShapeError if a shape does not fit.
    void means(Block<T const> input, Block<T> out) const;
    /// p(class | row) for a block of input, which `means` of a softmax are; `out` has one column a class.
    /// @throws ValueError if the output units are not one softmax group; ShapeError if a shape does not fit.
    void probabilities(Block<T const> input, Block<T> out) const;

    using AnyParametric<T>::weight_block;
    using AnyParametric<T>::bias_span;
    [[nodiscard]] std::vector<Connection> const& weight_connections() const noexcept override { return connections_; }
    [[nodiscard]] Block<T> weight_block(std::size_t connection) override { return Block{weights_[connection]}; }
    [[nodiscard]] std::size_t parameter_layers() const noexcept override { return layers(); }
    [[nodiscard]] std::span<T> bias_span(std::size_t layer) override;
    /// Output units may learn parameters of their own, as `Gaussian::learned()` does.
    void for_each_unit_parameters(std::size_t layer,
                                  detail::FunctionRef<void(std::span<double>, std::size_t)> f) override;
    /// Visits `weights_0`, ..., `bias_1`, ..., and what units keep of their own; a softmax of classes keeps nothing.
    void archive(Archive& archive) override;

  private:
    // The layers of a constructor, which are moved.
    struct Split {
        template <class... Layers>
        explicit Split(Layers&&... layers) {
            (add(std::forward<Layers>(layers)), ...);
        }
        void add(AnyHiddenLayer<T>&& layer) { hidden.push_back(std::move(layer)); }
        void add(AnyOutputLayer<T>&& layer) { output.push_back(std::move(layer)); }

        std::vector<AnyHiddenLayer<T>> hidden;
        std::vector<AnyOutputLayer<T>> output;
    };
    MLP(NetworkInput input, Split layers)
        : MLP{std::move(input), std::move(layers.hidden), std::move(layers.output.back())} {}

    [[nodiscard]] bool is_classifier() const { return detail::is_label(output(), outputs()); }
    void forward(std::size_t l, Block<T const> below, Block<T> out, detail::Products<T> const& products) const;

    std::vector<std::size_t> sizes_;
    std::vector<std::size_t> beside_;
    std::vector<std::size_t> widths_;
    std::vector<Connection> connections_; // {l, l + 1}
    std::vector<AnyHiddenLayer<T>> hidden_;
    AnyOutputLayer<T> output_;
    std::vector<Matrix<T>> weights_;
    std::vector<Vector<T>> biases_;
};

template <class... Layers>
MLP(NetworkInput, Layers...)
    -> MLP<typename std::tuple_element_t<sizeof...(Layers) - 1, std::tuple<Layers...>>::value_type>;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/mlp.hpp>
#endif
