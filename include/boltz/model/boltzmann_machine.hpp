// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Boltzmann machines of any layers and any connections between them.

#include <boltz/archive.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

/// A layer as a machine holds it: whatever its type, a copy has the same.
template <class L>
class HeldLayer final : public L {
  public:
    explicit HeldLayer(L layer) : L{std::move(layer)} {}
    [[nodiscard]] std::unique_ptr<AnyLayer<typename L::value_type>> clone() const override {
        return std::make_unique<HeldLayer>(*this);
    }
};

} // namespace detail

/// A Boltzmann machine: layers s_0, s_1, ... of any units, and weights between some of them,
/// E(s) = sum over layers of [e_l(s_l) - b_l' s_l] - sum over connections (k, l) of s_k' W s_l.
///
/// Its layers and connections are known when the program runs:
///
///     BoltzmannMachine machine{{{0, 2}, {1, 2}}, StochasticLayer<Bernoulli>{784}, StochasticLayer<Multinomial>{10},
///                              StochasticLayer<Bernoulli>{500}};
///
/// has two visible layers, 0 and 1, and weights from each to layer 2. `RBM` and `DBM` are machines whose layers are
/// known when the program is compiled. It holds parameters only: no random state, no chains, no rates, no scratch.
/// Weights start at 0 (see `initialise_weights`).
template <std::floating_point T>
class BoltzmannMachine : public AnyModel<T> {
  public:
    using value_type = T;
    using Gradient = ParameterSet<T>;

    /// A machine of these layers, with weights for each connection.
    /// @throws ValueError as `LayerGraph`, or if a connection joins a layer with itself.
    BoltzmannMachine(std::vector<std::unique_ptr<AnyLayer<T>>> layers, std::vector<Connection> connections)
        : layers_{std::move(layers)}, graph_{sizes_of(layers_), std::move(connections)} {
        for (std::size_t c = 0; c < graph_.connections().size(); ++c) {
            auto const [lower, upper] = graph_.connections()[c];
            if (lower == upper)
                detail::fail<ValueError>("BoltzmannMachine: connection ", c, " joins layer ", lower,
                                         " with itself, but weights lie between two layers");
            weights_.push_back(zero_matrix<T>(graph_.size(lower), graph_.size(upper)));
        }
    }
    template <class... Layers>
        requires(sizeof...(Layers) >= 1 && (std::derived_from<Layers, AnyLayer<T>> && ...))
    explicit BoltzmannMachine(std::vector<Connection> connections, Layers... layers)
        : BoltzmannMachine{held(std::move(layers)...), std::move(connections)} {}
    BoltzmannMachine(BoltzmannMachine const& other)
        : AnyModel<T>{other}, graph_{other.graph_}, weights_{other.weights_} {
        for (auto const& layer : other.layers_) layers_.push_back(layer->clone());
    }
    BoltzmannMachine(BoltzmannMachine&&) noexcept = default;
    BoltzmannMachine& operator=(BoltzmannMachine other) noexcept {
        layers_.swap(other.layers_);
        weights_.swap(other.weights_);
        std::swap(graph_, other.graph_);
        return *this;
    }
    ~BoltzmannMachine() override = default;

    [[nodiscard]] LayerGraph const& graph() const noexcept override { return graph_; }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return layers_[layer]->unit(); }
    [[nodiscard]] BoltzmannMachine const* machine() const noexcept override { return this; }
    [[nodiscard]] std::string description() const override {
        return std::string{std::same_as<T, float> ? "float32" : "float64"};
    }
    [[nodiscard]] AnyLayer<T>& layer(std::size_t l) { return *layers_.at(l); }
    [[nodiscard]] AnyLayer<T> const& layer(std::size_t l) const { return *layers_.at(l); }
    /// The weights of a connection: a row for each unit of its lower layer, a column for each of its upper one. In an
    /// `RBM` or `DBM` connection l joins layers l and l + 1. Replace values, not the shape.
    [[nodiscard]] Matrix<T>& weights(std::size_t connection = 0) { return weights_.at(connection); }
    [[nodiscard]] Matrix<T> const& weights(std::size_t connection = 0) const { return weights_.at(connection); }

    /// @throws ShapeError if a shape does not fit.
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override {
        input(layer, states, out, factors, {});
    }
    /// The same by `products`. One product a neighbour; nothing is allocated.
    /// @throws ShapeError if a shape does not fit.
    void input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors,
               detail::Products<T> const& products) const;

    void accumulate(Phase<T> const& phase, Accumulation how, ParameterSet<T>& gradient,
                    Executor& executor) const override;
    /// What `accumulate` does for all parameters but the weights. Allocates nothing.
    void accumulate_but_weights(Phase<T> const& phase, Accumulation how, ParameterSet<T>& gradient) const;

    using AnyParametric<T>::weight_block;
    using AnyParametric<T>::bias_span;
    [[nodiscard]] std::vector<Connection> const& weight_connections() const noexcept override {
        return graph_.connections();
    }
    [[nodiscard]] Block<T> weight_block(std::size_t connection) override { return Block{weights_[connection]}; }
    [[nodiscard]] std::size_t parameter_layers() const noexcept override { return layers_.size(); }
    [[nodiscard]] std::span<T> bias_span(std::size_t layer) override {
        return {layers_[layer]->bias().data(), layers_[layer]->bias().size()};
    }
    void for_each_unit_parameters(std::size_t layer,
                                  detail::FunctionRef<void(std::span<double>, std::size_t)> f) override {
        layers_[layer]->unit().for_each_parameters(f);
    }
    /// Visits `weights_0`, ..., `bias_0`, ..., and what units keep of their own.
    void archive(Archive& archive) override {
        for (std::size_t c = 0; c < weights_.size(); ++c) archive("weights_" + std::to_string(c), weights_[c]);
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            archive("bias_" + std::to_string(l), layers_[l]->bias());
            layers_[l]->unit().archive(archive, "unit_" + std::to_string(l));
        }
    }

  protected:
    template <class... Layers>
    static std::vector<std::unique_ptr<AnyLayer<T>>> held(Layers... layers) {
        std::vector<std::unique_ptr<AnyLayer<T>>> result;
        (result.push_back(std::make_unique<detail::HeldLayer<Layers>>(std::move(layers))), ...);
        return result;
    }

  private:
    static std::vector<std::size_t> sizes_of(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers) {
        std::vector<std::size_t> sizes;
        for (auto const& layer : layers) sizes.push_back(layer->size());
        return sizes;
    }
    // out = keep * out + bias * b
    static void start(Vector<T> const& bias, Block<T> out, Factors const& factors) {
        detail::keep_rows(out, static_cast<T>(factors.keep));
        if (factors.bias == 0) return;
        for (std::size_t i = 0; i < out.rows; ++i)
            detail::axpy(out.row(i).data(), bias.data(), out.columns, static_cast<T>(factors.bias));
    }

    std::vector<std::unique_ptr<AnyLayer<T>>> layers_;
    LayerGraph graph_;
    std::vector<Matrix<T>> weights_;
};

template <class First, class... Rest>
BoltzmannMachine(std::vector<Connection>, First, Rest...) -> BoltzmannMachine<typename First::value_type>;

template <std::floating_point T>
void BoltzmannMachine<T>::input(std::size_t layer, StatesView<T const> states, Block<T> out, Factors const& factors,
                                detail::Products<T> const& products) const {
    Vector<T> const& bias = layers_[layer]->bias();
    if (out.columns != bias.size())
        detail::fail<ShapeError>("BoltzmannMachine::input: out has ", out.columns, " columns, but layer ", layer,
                                 " has ", bias.size(), " units");
    // The first product can begin at the bias, which saves a pass over the output.
    bool const at_bias = factors.keep == 0 && factors.bias == 1;
    bool begun = false;
    for (Neighbour const& n : graph_.neighbours(layer)) {
        double const factor = n.pass == detail::Pass::up ? factors.below : factors.above;
        if (factor == 0 || !factors.among[n.layer]) continue;
        if (!begun && at_bias && factor == 1) {
            products.add_to_bias(n.connection, weights_[n.connection], n.pass, states[n.layer],
                                 std::span<T const>{bias.data(), bias.size()}, out);
        } else {
            if (!begun) start(bias, out, factors);
            products.add(n.connection, weights_[n.connection], n.pass, states[n.layer], static_cast<T>(factor), out);
        }
        begun = true;
    }
    if (!begun) start(bias, out, factors);
}

template <std::floating_point T>
void BoltzmannMachine<T>::accumulate(Phase<T> const& phase, Accumulation how, ParameterSet<T>& gradient,
                                     Executor& executor) const {
    auto const states = phase.states();
    for (std::size_t c = 0; c < weights_.size(); ++c) {
        auto const [lower, upper] = graph_.connections()[c];
        detail::accumulate_outer_products<T>(states[lower], states[upper], how.factor, how.keep, gradient.weights[c],
                                             executor);
    }
    accumulate_but_weights(phase, how, gradient);
}

template <std::floating_point T>
void BoltzmannMachine<T>::accumulate_but_weights(Phase<T> const& phase, Accumulation how,
                                                 ParameterSet<T>& gradient) const {
    auto const states = phase.states();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        detail::accumulate_rows<T>(gradient.biases[l], states[l], how.factor, how.keep);
        Vector<double>& of_unit = gradient.of_units[l];
        if (of_unit.size() == 0) continue;
        for (double& value : of_unit) value = how.keep == 0 ? 0 : how.keep * value; // 0 NaN is NaN
        unit(l).add_parameter_gradient(states[l], phase.moments[l], how.factor,
                                       std::span{of_unit.data(), of_unit.size()});
    }
}

} // namespace boltz
