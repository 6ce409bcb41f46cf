// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// RBMs that stand on each other.

#include <boltz/archive.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/random.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

/// Whether two layers have the same units: of one kind and number, part by part.
[[nodiscard]] inline bool same_units(UnitDescription const& a, UnitDescription const& b) {
    return a.name == b.name && a.size == b.size &&
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), same_units);
}

/// Whether these are layers, or RBMs, of one number type.
template <class T, class... Parts>
inline constexpr bool are_layers_of_stack = sizeof...(Parts) >= 2 && (std::derived_from<Parts, AnyLayer<T>> && ...);
template <class T, class... Parts>
inline constexpr bool are_rbms_of_stack = sizeof...(Parts) >= 1 &&
                                          (std::derived_from<Parts, BoltzmannMachine<T>> && ...);

} // namespace detail

/// A stack of RBMs over layers 0 (the data), 1, 2, ...: RBM i has layer i as its visible and layer i + 1 as its
/// hidden layer, so two RBMs share each layer between. It holds parameters only; what they are for is left open: a
/// belief network (Hinton, Osindero & Teh 2006), a feed-forward network or an autoencoder (Hinton & Salakhutdinov
/// 2006), a deep Boltzmann machine (Salakhutdinov & Hinton 2009).
///
///     Stack stack{StochasticLayer<Bernoulli>{784}, StochasticLayer<Bernoulli>{500},
///     StochasticLayer<Bernoulli>{250}}; initialise_weights(stack, 0.01, random);
///
/// has two RBMs, 784-500 and 500-250, whose weights start at 0. Layers are known when the program runs.
///
/// A stack may have labels: the visible layer of its last RBM is then a joint layer of two parts, the layer below and
/// the labels (Hinton, Osindero & Teh 2006, figure 1). Labels count as the topmost layer, number `size() + 1`, as in
/// a machine on top of which they stand.
template <std::floating_point T = float>
class Stack {
  public:
    using value_type = T;

    /// RBMs that begin with copies of these layers, the lowest first, and with weights of 0; with `labels` the last
    /// layer are labels.
    /// @throws ValueError if there are fewer than two layers, three with labels, or the weights are more than memory
    /// can hold.
    explicit Stack(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers, bool labels = false)
        : Stack{rbms_of(pointers_to(layers), labels), labels} {}
    /// These RBMs; with `labels` the last one has labels.
    /// @throws ValueError if there are none, one is no RBM, the last one of a stack with labels has no joint visible
    /// layer of two parts, or two RBMs have different kinds of units in the layer that they share; ShapeError if they
    /// have different numbers of them.
    explicit Stack(std::vector<BoltzmannMachine<T>> rbms, bool labels = false)
        : Stack{on_the_heap(std::move(rbms)), labels} {}
    /// The same for RBMs that keep their own types, as `RBM<...>`, while the stack is not copied.
    explicit Stack(std::vector<std::unique_ptr<BoltzmannMachine<T>>> rbms, bool labels = false);
    /// A stack without labels of these layers: the first form.
    template <class... Layers, std::enable_if_t<detail::are_layers_of_stack<T, Layers...>, int> = 0>
    explicit Stack(Layers const&... layers) : Stack{rbms_of({&layers...}, false), false} {}
    /// A stack without labels of copies of these RBMs: the second form.
    template <class... Rbms, std::enable_if_t<detail::are_rbms_of_stack<T, Rbms...>, int> = 0>
    explicit Stack(Rbms const&... rbms) : Stack{std::vector<BoltzmannMachine<T>>{rbms...}, false} {}
    /// A stack of these layers, of which the last are the labels.
    template <class... Layers>
        requires(sizeof...(Layers) >= 3 && (std::derived_from<Layers, AnyLayer<T>> && ...))
    [[nodiscard]] static Stack with_labels(Layers const&... layers) {
        return Stack{rbms_of({&layers...}, true), true};
    }
    /// The stack of a machine whose layers are a chain: RBMs that begin with its parameters.
    /// @throws ValueError if it is no chain, or as the first form.
    [[nodiscard]] static Stack of_chain(BoltzmannMachine<T> const& machine, bool labels = false);
    Stack(Stack const& other);
    Stack(Stack&&) noexcept = default;
    Stack& operator=(Stack other) noexcept;
    ~Stack() = default;

    /// How many RBMs there are.
    [[nodiscard]] std::size_t size() const noexcept { return rbms_.size(); }
    [[nodiscard]] bool has_labels() const noexcept { return labels_; }
    /// How many layers there are: one more than RBMs, and the labels.
    [[nodiscard]] std::size_t layers() const noexcept { return sizes_.size(); }
    /// The number of units of each layer.
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return sizes_; }
    /// RBM i. Replace values of its parameters, not their shapes.
    [[nodiscard]] BoltzmannMachine<T>& rbm(std::size_t i) { return *rbms_.at(i); }
    [[nodiscard]] BoltzmannMachine<T> const& rbm(std::size_t i) const { return *rbms_.at(i); }

    /// The weights of RBM i, without those of labels: a row for each unit of layer i, a column for each of layer
    /// i + 1.
    [[nodiscard]] Block<T const> weights(std::size_t i) const;
    /// The biases of layer i in RBM i, whose visible layer it is.
    [[nodiscard]] std::span<T const> visible_bias(std::size_t i) const {
        return rbm(i).bias_span(0).first(sizes_[i]);
    }
    /// The biases of layer i + 1 in RBM i, whose hidden layer it is.
    [[nodiscard]] std::span<T const> hidden_bias(std::size_t i) const { return rbm(i).bias_span(1); }
    /// A copy of the units of layer i in RBM i, whose visible layer it is, without labels.
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> visible_unit(std::size_t i) const {
        return has_labels(i) ? rbm(i).unit(0).part(0) : rbm(i).unit(0).clone();
    }
    /// The units of layer i + 1 in RBM i, whose hidden layer it is.
    [[nodiscard]] AnyUnit<T> const& hidden_unit(std::size_t i) const { return rbm(i).unit(1); }
    /// The weights of the labels: a row for each of them, a column for each unit of the last RBM's hidden layer.
    /// @throws ValueError if there are no labels.
    [[nodiscard]] Block<T const> label_weights() const;
    /// @throws ValueError if there are no labels.
    [[nodiscard]] std::span<T const> label_bias() const;
    /// A copy of the units of the labels.
    /// @throws ValueError if there are no labels.
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> label_unit() const;

    /// Gives the RBMs the weights of a machine, a chain of layers of the stack's sizes.
    /// @throws ValueError if it is no such machine.
    void copy_weights_of(BoltzmannMachine<T> const& machine);
    /// Visits `rbm_0/...`, `rbm_1/...`, the parameters of each RBM.
    void archive(Archive& archive);

  private:
    static std::vector<AnyLayer<T> const*> pointers_to(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers);
    static std::vector<std::unique_ptr<BoltzmannMachine<T>>> rbms_of(std::vector<AnyLayer<T> const*> const& layers,
                                                                     bool labels);
    static std::vector<std::unique_ptr<BoltzmannMachine<T>>> on_the_heap(std::vector<BoltzmannMachine<T>> rbms);
    [[nodiscard]] bool has_labels(std::size_t i) const noexcept { return labels_ && i + 1 == size(); }
    void check_labels() const;
    void find_sizes();

    std::vector<std::unique_ptr<BoltzmannMachine<T>>> rbms_;
    bool labels_;
    std::vector<std::size_t> sizes_; // of layers 0, 1, ..., and of the labels
};

template <class... Parts>
Stack(Parts...) -> Stack<typename std::common_type_t<std::type_identity<typename Parts::value_type>...>::type>;

/// Gives the weights of each RBM independent draws from N(0, deviation^2), the lowest RBM first.
/// @throws ValueError as for a model.
template <std::floating_point T>
void initialise_weights(Stack<T>& stack, double deviation, Random& random);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/stack.hpp>
#endif
