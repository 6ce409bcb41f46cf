// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/detail/adaptor.hpp>

#include <boltz/clock.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace boltz {

namespace detail {

template <std::floating_point T>
void check_weights_of_graph(std::string_view name, AnyModel<T> const& model) {
    auto const& connections = model.graph().connections();
    bool fits = model.weight_connections() == connections;
    for (std::size_t c = 0; fits && c < connections.size(); ++c) {
        Block<T const> const weights = model.weight_block(c);
        fits = weights.rows == model.graph().size(connections[c].lower) &&
               weights.columns == model.graph().size(connections[c].upper);
    }
    if (!fits)
        fail<ValueError>(name, ": the weights of the model are not those of its graph, but each connection must have "
                               "one matrix with a row for each lower unit and a column for each upper one");
}

template <std::floating_point T>
void OptimizerAdaptor<T>::step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                                       WeightRows const& rows) {
    this->inner().step_weights(model, gradient, clock, rows);
}

template <std::floating_point T>
void OptimizerAdaptor<T>::step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) {
    this->inner().step_but_weights(model, gradient, clock);
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void check_weights_of_graph<T>(std::string_view name, AnyModel<T> const& model);                        \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class OptimizerAdaptor<T>;                                                                              \
    }
#include <boltz/detail/instantiate.hpp>
