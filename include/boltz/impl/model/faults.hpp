// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/faults.hpp>

#include <boltz/any_field.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/model/parameter_set.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
double largest_sensible_weight(AnyField<T> const* field, Connection const& connection) {
    if (field == nullptr) return 1e8;
    bool const counts = field->unit(connection.lower).countable() && field->unit(connection.upper).countable();
    return counts ? 1e4 : std::numeric_limits<double>::infinity();
}

template <std::floating_point T>
std::string where_units_are_copies(AnyParametric<T> const& model, std::size_t layer) {
    std::span<T const> const bias = model.bias_span(layer);
    for (T const b : bias)
        if (b != bias[0]) return {};
    std::string below;
    for (std::size_t c = 0; c < model.weight_connections().size(); ++c) {
        auto const [lower, upper] = model.weight_connections()[c];
        if (upper != layer) continue;
        Block<T const> const weights = model.weight_block(c);
        if (weights.columns < 2 || weights.rows == 0) return {};
        for (std::size_t i = 0; i < weights.rows; ++i)
            for (std::size_t j = 1; j < weights.columns; ++j)
                if (weights(i, j) != weights(i, 0)) return {};
        if (below.empty())
            below = "layer " + std::to_string(lower);
        else
            below = "layers" + below.substr(below.find(' ')) + " and " + std::to_string(lower);
    }
    return below;
}

} // namespace detail

template <std::floating_point T>
std::vector<std::string> parameter_faults(AnyParametric<T> const& model) {
    std::vector<std::string> faults;
    auto const say = [&](auto const&... words) {
        std::ostringstream text;
        (text << ... << words);
        faults.push_back(text.str());
    };
    if (std::string const where = where_not_finite(model); !where.empty()) {
        say(where, " of the model are not all finite numbers: the training has diverged; a lower rate may help");
        return faults;
    }
    auto const* const field = dynamic_cast<AnyField<T> const*>(&model);
    auto const& connections = model.weight_connections();
    for (std::size_t c = 0; c < connections.size(); ++c) {
        std::size_t const upper = connections[c].upper;
        Block<T const> const weights = model.weight_block(c);
        double largest = 0;
        for (std::size_t i = 0; i < weights.rows; ++i)
            for (T const w : weights.row(i)) largest = std::max(largest, std::abs(static_cast<double>(w)));
        if (largest > detail::largest_sensible_weight(field, connections[c]))
            say(detail::name_of_weights(connections[c]), " are as large as ", largest,
                field != nullptr ? ", so that one unit alone decides the state of another" : "",
                ": the training has diverged; a lower rate may help");
        // Once a layer, at its first connection from below; the weights of a network to its classes may begin at 0.
        bool const first = std::none_of(connections.begin(), connections.begin() + static_cast<std::ptrdiff_t>(c),
                                        [&](Connection const& other) { return other.upper == upper; });
        if (!first || (field == nullptr && upper + 1 == model.parameter_layers())) continue;
        if (std::string const below = detail::where_units_are_copies(model, upper); !below.empty())
            say("all units of layer ", upper, " have the same weights to ", below,
                " and the same bias, so they are copies of one another: give the model weights by "
                "initialise_weights before the training");
    }
    return faults;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template double largest_sensible_weight<T>(AnyField<T> const* field, Connection const& connection);              \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template std::string where_units_are_copies<T>(AnyParametric<T> const& model, std::size_t layer);                \
    }                                                                                                                \
    template std::vector<std::string> parameter_faults<T>(AnyParametric<T> const& model);
#include <boltz/detail/instantiate.hpp>
