// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Models that can be counted out state by state, and the counting.

#include "support/statistics.hpp"

#include <boltz/layer_set.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <type_traits>
#include <vector>

namespace test {

/// Normal weights and biases of these deviations.
template <class M>
M randomised(M model, double weight_deviation, double bias_deviation, std::uint64_t seed) {
    using T = typename M::value_type;
    boltz::Draws const draws = boltz::Draws::from_seed(seed);
    boltz::BoltzmannMachine<T>& machine = model;
    for (std::size_t c = 0; c < machine.graph().connections().size(); ++c) {
        boltz::Block<T> const weights{machine.weights(c)};
        for (std::size_t i = 0; i < weights.rows; ++i) {
            draws.stream(2 * c).normal(i, 0, weights.row(i));
            for (T& w : weights.row(i)) w *= static_cast<T>(weight_deviation);
        }
    }
    for (std::size_t l = 0; l < machine.layers(); ++l) {
        auto& bias = machine.layer(l).bias();
        draws.stream(2 * l + 1).normal(0, 0, std::span<T>{bias.data(), bias.size()});
        for (T& b : bias) b *= static_cast<T>(bias_deviation);
    }
    return model;
}

/// Every joint state of the layers in `chosen` whose states can be counted off, one a row, the first layer changing
/// fastest; zeros elsewhere.
template <std::floating_point T>
boltz::States<T> all_states(boltz::AnyField<T> const& field, boltz::LayerSet chosen = boltz::LayerSet::all()) {
    std::size_t rows = 1;
    std::vector<std::size_t> counts(field.layers(), 1);
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (chosen[l] && field.unit(l).countable())
            rows *= counts[l] = static_cast<std::size_t>(field.unit(l).state_count(field.sizes()[l]));
    boltz::States<T> states{rows, field.sizes()};
    for (std::size_t i = 0; i < rows; ++i) {
        std::size_t index = i;
        for (std::size_t l = 0; l < field.layers(); ++l) {
            if (!chosen[l] || !field.unit(l).countable()) continue;
            field.unit(l).write_state(index % counts[l], states[l].row(i));
            index /= counts[l];
        }
    }
    return states;
}

/// The layers of one parity.
inline boltz::LayerSet layers_of_parity(std::size_t parity) {
    boltz::LayerSet result;
    for (std::size_t l = parity; l < boltz::LayerSet::most_layers; l += 2) result.set(l);
    return result;
}

/// exp of each, divided by their sum.
inline std::vector<double> normalised(std::vector<double> log_weights) {
    double const sum = log_sum_exp(log_weights);
    for (double& value : log_weights) value = std::exp(value - sum);
    return log_weights;
}

/// -E of every state, from loops over the definition alone.
template <std::floating_point T>
std::vector<double> naive_negative_energy(boltz::BoltzmannMachine<T> const& machine,
                                          std::type_identity_t<boltz::StatesView<T const>> states) {
    std::vector<double> own(states.rows(), 0.0);
    std::vector<double> result(states.rows(), 0.0);
    for (std::size_t l = 0; l < machine.layers(); ++l) {
        machine.unit(l).add_self_energy(states[l], std::span{own});
        auto const& bias = machine.layer(l).bias();
        for (std::size_t i = 0; i < states.rows(); ++i)
            for (std::size_t j = 0; j < bias.size(); ++j)
                result[i] += static_cast<double>(states[l](i, j)) * static_cast<double>(bias(j));
    }
    for (std::size_t c = 0; c < machine.graph().connections().size(); ++c) {
        auto const [lower, upper] = machine.graph().connections()[c];
        auto const& weights = machine.weights(c);
        for (std::size_t i = 0; i < states.rows(); ++i)
            for (std::size_t j = 0; j < weights.shape(0); ++j)
                for (std::size_t k = 0; k < weights.shape(1); ++k)
                    result[i] += static_cast<double>(states[lower](i, j)) * static_cast<double>(weights(j, k)) *
                                 static_cast<double>(states[upper](i, k));
    }
    for (std::size_t i = 0; i < states.rows(); ++i) result[i] -= own[i];
    return result;
}

/// Which row of a table of states a row is; states must be whole numbers.
template <std::floating_point T>
class StateIndex {
  public:
    StateIndex(boltz::StatesView<T const> table, boltz::LayerSet chosen) : chosen_{chosen} {
        for (std::size_t i = 0; i < table.rows(); ++i) index_.emplace(key(table, i), i);
    }

    std::vector<double> counts(boltz::StatesView<T const> states) const {
        std::vector<double> result(index_.size(), 0.0);
        for (std::size_t i = 0; i < states.rows(); ++i) result[index_.at(key(states, i))] += 1;
        return result;
    }

    /// The row of the table that row `row` of `states` is.
    std::size_t row(boltz::StatesView<T const> states, std::size_t row) const { return index_.at(key(states, row)); }

  private:
    std::vector<int> key(boltz::StatesView<T const> states, std::size_t row) const {
        std::vector<int> result;
        for (std::size_t l = 0; l < states.layers(); ++l)
            if (chosen_[l])
                for (T const s : states[l].row(row)) result.push_back(static_cast<int>(std::lround(s)));
        return result;
    }

    boltz::LayerSet chosen_;
    std::map<std::vector<int>, std::size_t> index_;
};
template <std::floating_point T>
StateIndex(boltz::StatesView<T>, boltz::LayerSet) -> StateIndex<T>;

/// Numbers of rows drawn independently with these probabilities.
inline std::vector<std::size_t> drawn_rows(std::vector<double> const& probabilities, std::size_t count,
                                           std::uint64_t seed) {
    std::vector<double> cumulative(probabilities.size());
    std::partial_sum(probabilities.begin(), probabilities.end(), cumulative.begin());
    std::vector<double> uniform(count);
    boltz::Draws::from_seed(seed).uniform(0, 0, std::span{uniform});
    std::vector<std::size_t> rows(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto const at = std::upper_bound(cumulative.begin(), cumulative.end(), uniform[i] * cumulative.back());
        rows[i] = std::min<std::size_t>(static_cast<std::size_t>(at - cumulative.begin()), probabilities.size() - 1);
    }
    return rows;
}

/// Rows `rows` of the layers in `chosen` of a table of states.
template <std::floating_point T>
void copy_rows(std::type_identity_t<boltz::StatesView<T const>> table, std::vector<std::size_t> const& rows,
               boltz::LayerSet chosen, boltz::StatesView<T> out) {
    for (std::size_t l = 0; l < out.layers(); ++l)
        if (chosen[l])
            for (std::size_t i = 0; i < rows.size(); ++i)
                boltz::copy(table[l].row_range(rows[i], 1), out[l].row_range(i, 1));
}

/// Calls `f(value)` for every number of a gradient; `f` takes a reference.
template <class Gradient, class F>
void each_number(Gradient& gradient, F&& f) {
    for (auto& w : gradient.weights)
        for (auto& x : w) f(x);
    for (auto& b : gradient.biases)
        for (auto& x : b) f(x);
    for (auto& u : gradient.of_units)
        for (auto& x : u) f(x);
}

/// The numbers of a gradient, one after another.
template <class Gradient>
std::vector<double> numbers(Gradient const& gradient) {
    std::vector<double> result;
    each_number(gradient, [&](double x) { result.push_back(x); });
    return result;
}

/// The largest difference of two lists.
inline double distance(std::vector<double> const& a, std::vector<double> const& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double result = 0;
    for (std::size_t i = 0; i < a.size(); ++i) result = std::max(result, std::abs(a[i] - b[i]));
    return result;
}

} // namespace test
