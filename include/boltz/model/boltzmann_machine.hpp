// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Boltzmann machines of any layers and any connections between them.

#include <boltz/archive.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/types.hpp>

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
    BoltzmannMachine(std::vector<std::unique_ptr<AnyLayer<T>>> layers, std::vector<Connection> connections);
    template <class... Layers>
        requires(sizeof...(Layers) >= 1 && (std::derived_from<Layers, AnyLayer<T>> && ...))
    explicit BoltzmannMachine(std::vector<Connection> connections, Layers... layers)
        : BoltzmannMachine{held(std::move(layers)...), std::move(connections)} {}
    BoltzmannMachine(BoltzmannMachine const& other);
    BoltzmannMachine(BoltzmannMachine&&) noexcept = default;
    BoltzmannMachine& operator=(BoltzmannMachine other) noexcept;
    ~BoltzmannMachine() override = default;

    [[nodiscard]] LayerGraph const& graph() const noexcept override { return graph_; }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return layers_[layer]->unit(); }
    [[nodiscard]] BoltzmannMachine const* machine() const noexcept override { return this; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] AnyLayer<T>& layer(std::size_t l) { return *layers_.at(l); }
    [[nodiscard]] AnyLayer<T> const& layer(std::size_t l) const { return *layers_.at(l); }
    /// The weights of a connection: a row for each unit of its lower layer, a column for each of its upper one. In an
    /// `RBM` or `DBM` connection l joins layers l and l + 1. Replace values, not the shape.
    [[nodiscard]] Matrix<T>& weights(std::size_t connection = 0) { return weights_.at(connection); }
    [[nodiscard]] Matrix<T> const& weights(std::size_t connection = 0) const { return weights_.at(connection); }

    /// @throws ShapeError if a shape does not fit.
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override;
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
    [[nodiscard]] std::span<T> bias_span(std::size_t layer) override;
    void for_each_unit_parameters(std::size_t layer,
                                  detail::FunctionRef<void(std::span<double>, std::size_t)> f) override;
    /// Visits `weights_0`, ..., `bias_0`, ..., and what units keep of their own.
    void archive(Archive& archive) override;

  protected:
    template <class... Layers>
    static std::vector<std::unique_ptr<AnyLayer<T>>> held(Layers... layers) {
        std::vector<std::unique_ptr<AnyLayer<T>>> result;
        (result.push_back(std::make_unique<detail::HeldLayer<Layers>>(std::move(layers))), ...);
        return result;
    }

  private:
    static std::vector<std::size_t> sizes_of(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers);
    // out = keep * out + bias * b
    static void start(Vector<T> const& bias, Block<T> out, Factors const& factors);

    std::vector<std::unique_ptr<AnyLayer<T>>> layers_;
    LayerGraph graph_;
    std::vector<Matrix<T>> weights_;
};

template <class First, class... Rest>
BoltzmannMachine(std::vector<Connection>, First, Rest...) -> BoltzmannMachine<typename First::value_type>;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/boltzmann_machine.hpp>
#endif
