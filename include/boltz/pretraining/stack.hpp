// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The RBMs that a deep Boltzmann machine is pretrained as, and how they become one model again.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

/// The stack of RBMs of a deep model, whatever their types.
///
/// One rule puts the model together: the natural parameter of a layer is the mean over the RBMs that share it of what
/// each gives it, factors included. So doubled weights and biases enter as they are, biases adding up; plain ones
/// enter halved; precisions are averaged. Then p(h | neighbours) in the model is proportional to sqrt(p_below(h)
/// p_above(h)).
template <std::floating_point T>
class AnyStack {
  public:
    virtual ~AnyStack() = default;
    /// How many RBMs there are.
    [[nodiscard]] std::size_t size() const noexcept { return factors_.size(); }
    /// RBM `i`, of layers i and i + 1; with labels the last one has those beside its visible layer.
    [[nodiscard]] virtual BoltzmannMachine<T>& machine(std::size_t i) = 0;
    [[nodiscard]] bool labels() const noexcept { return labels_; }
    /// The factors with which RBM `i` is trained: those of its visible side (per part) and of its hidden side.
    [[nodiscard]] LayerFactors const& factors(std::size_t i) const noexcept { return factors_[i]; }
    /// Writes the parameters of the stack into the model.
    void compose(BoltzmannMachine<T>& model) const;

  protected:
    /// @throws ValueError if the model is no chain of layers, or too shallow for labels.
    AnyStack(BoltzmannMachine<T> const& model, bool labels) : labels_{labels} {
        std::size_t const depth = model.layers();
        if (model.graph().connections() != LayerGraph::chain(model.graph().sizes()).connections())
            fail<ValueError>("pretraining: the layers of the model are no chain, so it is no stack of RBMs");
        if (depth < (labels ? 3u : 2u))
            fail<ValueError>("pretraining: the model has ", depth, " layers, but needs at least ", labels ? 3 : 2);
        std::size_t const count = labels ? depth - 2 : depth - 1;
        for (std::size_t i = 0; i < count; ++i) {
            double const up = i == 0 && count > 1 ? 2 : 1;
            double const down = i + 1 == count && count > 1 ? 2 : 1;
            factors_.push_back({{down}, {up}});
            if (labels && i + 1 == count) factors_[i][0] = {down, 1};
        }
    }
    AnyStack(AnyStack const&) = default;
    AnyStack& operator=(AnyStack const&) = default;
    /// Gives RBM `i` the weights that the model has there.
    void copy_weights(BoltzmannMachine<T> const& model, std::size_t i);

  private:
    [[nodiscard]] bool has_labels(std::size_t i) const noexcept { return labels_ && i + 1 == size(); }
    // A layer comes first from the RBM below it, then, if it is shared, from the one above.
    static void add_layer(AnyLayer<T>& layer, std::span<T const> bias, AnyUnit<T> const& unit, double factor,
                          bool already_there) {
        for (std::size_t j = 0; j < layer.size(); ++j) layer.bias()(j) += static_cast<T>(factor) * bias[j];
        if (already_there)
            layer.unit().average_with(unit);
        else
            layer.unit().assign(unit);
    }

    bool labels_;
    std::vector<LayerFactors> factors_;
};

template <std::floating_point T>
void AnyStack<T>::copy_weights(BoltzmannMachine<T> const& model, std::size_t i) {
    Matrix<T>& weights = machine(i).weights();
    if (!has_labels(i)) {
        weights = model.weights(i);
        return;
    }
    std::size_t const below = model.graph().size(i);
    copy<T>(model.weights(i), Block{weights}.row_range(0, below));
    Matrix<T> const& up = model.weights(i + 1);
    for (std::size_t k = 0; k < up.shape(1); ++k)
        for (std::size_t j = 0; j < up.shape(0); ++j) weights(below + k, j) = up(j, k);
}

template <std::floating_point T>
void AnyStack<T>::compose(BoltzmannMachine<T>& model) const {
    for (std::size_t l = 0; l < model.layers(); ++l) model.layer(l).bias().fill(0);
    for (std::size_t i = 0; i < size(); ++i) {
        BoltzmannMachine<T> const& rbm = const_cast<AnyStack*>(this)->machine(i);
        double const up = factors_[i][1][0];
        double const down = factors_[i][0][0];
        bool const below_shared = i > 0;
        bool const above_shared = i + 1 < size();
        // Both sides ask for the same factor: 2 / 2 on a doubled side, 1 / 2 on both sides of an inner RBM, 1 where
        // nothing is shared.
        double const factor = above_shared ? up / 2 : (below_shared ? down / 2 : 1);
        std::size_t const below = model.graph().size(i);
        Matrix<T>& weights = model.weights(i);
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights.data()[k] = static_cast<T>(factor) * rbm.weights().data()[k];
        std::span<T const> const visible = rbm.bias_span(0);
        auto const below_labels = has_labels(i) ? rbm.unit(0).part(0) : nullptr;
        add_layer(model.layer(i), visible.first(below), has_labels(i) ? *below_labels : rbm.unit(0),
                  below_shared ? down / 2 : 1, below_shared);
        if (has_labels(i)) {
            Matrix<T>& of_labels = model.weights(i + 1);
            for (std::size_t j = 0; j < of_labels.shape(0); ++j)
                for (std::size_t k = 0; k < of_labels.shape(1); ++k) of_labels(j, k) = rbm.weights()(below + k, j);
            add_layer(model.layer(i + 2), visible.subspan(below), *rbm.unit(0).part(1), 1, false);
        }
        add_layer(model.layer(i + 1), rbm.bias_span(1), rbm.unit(1), above_shared ? up / 2 : 1, false);
    }
}

} // namespace detail

/// The stack of RBMs of a deep model of type `M`: RBM i has layers i and i + 1. With labels on the top layer, the
/// last RBM has the labels beside the layer two below the top on its visible side and the layer between them on its
/// hidden side. RBMs have the types of the model's layers, where these are known when the program is compiled.
template <concepts::Model M, bool Labels>
class Stack final : public detail::AnyStack<typename M::value_type> {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    static_assert(!Labels || depth >= 3, "labels on the top layer need a hidden layer between them and the data");

    template <std::size_t I>
    static auto make_rbm(M const& model) {
        if constexpr (Labels && I + 1 == count)
            return RBM{JointLayer{model.template layer<depth - 3>(), model.template layer<depth - 1>()},
                       model.template layer<depth - 2>()};
        else
            return RBM{model.template layer<I>(), model.template layer<I + 1>()};
    }
    template <std::size_t... I>
    static auto make_all(M const& model, std::index_sequence<I...>) {
        return std::tuple{make_rbm<I>(model)...};
    }

  public:
    /// How many RBMs there are.
    static constexpr std::size_t count = Labels ? depth - 2 : depth - 1;

    /// RBMs that start from the parameters of the model.
    explicit Stack(M const& model)
        : detail::AnyStack<T>{model, Labels}, rbms_{make_all(model, std::make_index_sequence<count>{})} {
        for (std::size_t i = 0; i < count; ++i) this->copy_weights(model, i);
    }
    template <std::size_t I>
    [[nodiscard]] auto& rbm() noexcept {
        return std::get<I>(rbms_);
    }
    [[nodiscard]] BoltzmannMachine<T>& machine(std::size_t i) override {
        BoltzmannMachine<T>* result = nullptr;
        detail::for_each_index<count>([&](auto number) {
            if (number == i) result = &std::get<number>(rbms_);
        });
        return *result;
    }
    /// `f(rbm)` with RBM `i` as its own type.
    template <class F>
    void visit(std::size_t i, F&& f) {
        detail::for_each_index<count>([&](auto number) {
            if (number == i) f(std::get<number>(rbms_));
        });
    }

  private:
    decltype(make_all(std::declval<M const&>(), std::make_index_sequence<count>{})) rbms_;
};

/// The stack of a machine whose layers are known when the program runs.
template <std::floating_point T, bool Labels>
class Stack<BoltzmannMachine<T>, Labels> final : public detail::AnyStack<T> {
  public:
    explicit Stack(BoltzmannMachine<T> const& model) : detail::AnyStack<T>{model, Labels} {
        for (std::size_t i = 0; i < this->size(); ++i) {
            std::vector<std::unique_ptr<AnyLayer<T>>> layers;
            if (Labels && i + 1 == this->size())
                layers.push_back(std::make_unique<RunTimeLayer<T>>(
                    RunTimeLayer<T>::joint({&model.layer(i), &model.layer(i + 2)})));
            else
                layers.push_back(model.layer(i).clone());
            layers.push_back(model.layer(i + 1).clone());
            rbms_.emplace_back(std::move(layers), std::vector<Connection>{{0, 1}});
            this->copy_weights(model, i);
        }
    }
    [[nodiscard]] BoltzmannMachine<T>& machine(std::size_t i) override { return rbms_[i]; }
    /// `f(rbm)` with RBM `i`.
    template <class F>
    void visit(std::size_t i, F&& f) {
        f(rbms_[i]);
    }

  private:
    std::vector<BoltzmannMachine<T>> rbms_;
};

} // namespace boltz
