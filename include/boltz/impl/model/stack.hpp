// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/stack.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/layer/any_layer.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/random.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
Stack<T>::Stack(std::vector<std::unique_ptr<BoltzmannMachine<T>>> rbms, bool labels)
    : rbms_{std::move(rbms)}, labels_{labels} {
    find_sizes();
}

template <std::floating_point T>
Stack<T> Stack<T>::of_chain(BoltzmannMachine<T> const& machine, bool labels) {
    std::vector<AnyLayer<T> const*> layers;
    for (std::size_t l = 0; l < machine.layers(); ++l) layers.push_back(&machine.layer(l));
    Stack result{rbms_of(layers, labels), labels};
    result.copy_weights_of(machine);
    return result;
}

template <std::floating_point T>
Stack<T>::Stack(Stack const& other) : labels_{other.labels_}, sizes_{other.sizes_} {
    for (auto const& rbm : other.rbms_) rbms_.push_back(std::make_unique<BoltzmannMachine<T>>(*rbm));
}

template <std::floating_point T>
Stack<T>& Stack<T>::operator=(Stack other) noexcept {
    rbms_.swap(other.rbms_);
    labels_ = other.labels_;
    sizes_.swap(other.sizes_);
    return *this;
}

template <std::floating_point T>
Block<T const> Stack<T>::weights(std::size_t i) const {
    return Block<T const>{rbm(i).weights()}.row_range(0, sizes_[i]);
}

template <std::floating_point T>
Block<T const> Stack<T>::label_weights() const {
    check_labels();
    return Block<T const>{rbms_.back()->weights()}.row_range(sizes_[size() - 1], sizes_.back());
}

template <std::floating_point T>
std::span<T const> Stack<T>::label_bias() const {
    check_labels();
    return std::as_const(*rbms_.back()).bias_span(0).subspan(sizes_[size() - 1]);
}

template <std::floating_point T>
std::unique_ptr<AnyUnit<T>> Stack<T>::label_unit() const {
    check_labels();
    return rbms_.back()->unit(0).part(1);
}

template <std::floating_point T>
void Stack<T>::archive(Archive& archive) {
    for (std::size_t i = 0; i < size(); ++i) archive.nested("rbm_" + std::to_string(i), *rbms_[i]);
}

template <std::floating_point T>
std::vector<AnyLayer<T> const*> Stack<T>::pointers_to(std::vector<std::unique_ptr<AnyLayer<T>>> const& layers) {
    std::vector<AnyLayer<T> const*> result;
    for (auto const& layer : layers) result.push_back(layer.get());
    return result;
}

template <std::floating_point T>
std::vector<std::unique_ptr<BoltzmannMachine<T>>> Stack<T>::rbms_of(std::vector<AnyLayer<T> const*> const& layers,
                                                                    bool labels) {
    std::size_t const without_hidden = labels ? 2 : 1;
    if (layers.size() <= without_hidden)
        detail::fail<ValueError>("Stack: there are ", layers.size(), " layers, but must be ", without_hidden + 1,
                                 labels ? " or more with labels" : " or more");
    std::vector<std::unique_ptr<BoltzmannMachine<T>>> result;
    std::size_t const count = layers.size() - without_hidden;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::unique_ptr<AnyLayer<T>>> both;
        if (labels && i + 1 == count)
            both.push_back(std::make_unique<RunTimeLayer<T>>(RunTimeLayer<T>::joint({layers[i], layers[i + 2]})));
        else
            both.push_back(layers[i]->clone());
        both.push_back(layers[i + 1]->clone());
        result.push_back(std::make_unique<BoltzmannMachine<T>>(std::move(both), std::vector<Connection>{{0, 1}}));
    }
    return result;
}

template <std::floating_point T>
std::vector<std::unique_ptr<BoltzmannMachine<T>>> Stack<T>::on_the_heap(std::vector<BoltzmannMachine<T>> rbms) {
    std::vector<std::unique_ptr<BoltzmannMachine<T>>> result;
    for (auto& rbm : rbms) result.push_back(std::make_unique<BoltzmannMachine<T>>(std::move(rbm)));
    return result;
}

template <std::floating_point T>
void Stack<T>::check_labels() const {
    if (!labels_) detail::fail<ValueError>("Stack: the stack has no labels");
}

template <std::floating_point T>
void Stack<T>::find_sizes() {
    if (rbms_.empty()) detail::fail<ValueError>("Stack: there are no RBMs, but must be at least 1");
    UnitDescription below;
    UnitDescription labels;
    for (std::size_t i = 0; i < size(); ++i) {
        LayerGraph const& graph = rbms_[i]->graph();
        if (graph.layers() != 2)
            detail::fail<ValueError>("Stack: machine ", i, " of the stack has ", graph.layers(),
                                     " layers, but an RBM has a visible and one hidden layer");
        if (graph.connections() != std::vector<Connection>{{0, 1}})
            detail::fail<ValueError>("Stack: the layers of machine ", i,
                                     " of the stack are not joined as those of an RBM, layer 0 below layer 1");
        UnitDescription visible = rbms_[i]->unit(0).describe(graph.size(0));
        if (has_labels(i)) {
            if (visible.parts.size() != 2)
                detail::fail<ValueError>("Stack: the last RBM of a stack with labels must have a joint visible layer "
                                         "of two parts, the layer below and the labels, but it has ",
                                         visible.name, " units of ", visible.parts.size(), " parts");
            labels = visible.parts[1];
            visible = UnitDescription{visible.parts[0]};
        }
        if (i > 0 && visible.size != below.size)
            detail::fail<ShapeError>("Stack: RBM ", i, " of the stack has ", visible.size,
                                     " visible units, but the one below has ", below.size, " hidden ones");
        if (i > 0 && !detail::same_units(visible, below))
            detail::fail<ValueError>("Stack: RBM ", i, " of the stack has ", visible.name,
                                     " visible units, but the one below has other, ", below.name, ", hidden ones");
        sizes_.push_back(visible.size);
        below = rbms_[i]->unit(1).describe(graph.size(1));
    }
    sizes_.push_back(below.size);
    if (labels_) sizes_.push_back(labels.size);
}

template <std::floating_point T>
void Stack<T>::copy_weights_of(BoltzmannMachine<T> const& machine) {
    if (machine.graph().connections() != LayerGraph::chain(machine.graph().sizes()).connections())
        detail::fail<ValueError>("Stack: the layers of the machine are no chain, so it is no stack of RBMs");
    if (machine.graph().sizes() != sizes_)
        detail::fail<ValueError>("Stack: the machine has other layers than the stack");
    for (std::size_t i = 0; i < size(); ++i)
        copy<T>(machine.weights(i), Block{rbms_[i]->weights()}.row_range(0, sizes_[i]));
    if (!labels_) return;
    Matrix<T> const& up = machine.weights(size());
    Block<T> const down = Block{rbms_.back()->weights()}.row_range(sizes_[size() - 1], sizes_.back());
    for (std::size_t k = 0; k < down.rows; ++k)
        for (std::size_t j = 0; j < down.columns; ++j) down(k, j) = up(j, k);
}

template <std::floating_point T>
void initialise_weights(Stack<T>& stack, double deviation, Random& random) {
    for (std::size_t i = 0; i < stack.size(); ++i) initialise_weights(stack.rbm(i), deviation, random);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class Stack<T>;                                                                                         \
    template void initialise_weights<T>(Stack<T> & stack, double deviation, Random& random);
#include <boltz/detail/instantiate.hpp>
