// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Models that can be counted out state by state, and the counting.

#include "support/statistics.hpp"

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

namespace test {

/// Normal weights and biases of these deviations.
template <class M>
M randomised(M model, double weight_deviation, double bias_deviation, std::uint64_t seed) {
    using T = typename M::value_type;
    boltz::Draws const draws = boltz::Draws::from_seed(seed);
    for (std::size_t l = 0; l + 1 < M::depth; ++l) {
        boltz::Block<T> const weights{model.weights(l)};
        for (std::size_t i = 0; i < weights.rows; ++i) {
            draws.stream(2 * l).normal(i, 0, weights.row(i));
            for (T& w : weights.row(i)) w *= static_cast<T>(weight_deviation);
        }
    }
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        auto& bias = model.template layer<l>().bias();
        draws.stream(2 * l + 1).normal(0, 0, std::span<T>{bias.data(), bias.size()});
        for (T& b : bias) b *= static_cast<T>(bias_deviation);
    });
    return model;
}

/// Whether the states of layer I can be counted off.
template <class M, std::size_t I>
constexpr bool countable = boltz::concepts::EnumerableUnit<
    typename std::remove_cvref_t<decltype(std::declval<M const&>().template layer<I>())>::unit_type,
    typename M::value_type>;

/// Every joint state of the layers in `chosen`, one a row, the first layer changing fastest; zeros elsewhere.
template <class M>
boltz::States<typename M::value_type, M::depth> all_states(M const& model, std::array<bool, M::depth> const& chosen) {
    std::size_t rows = 1;
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        if constexpr (countable<M, l>)
            if (chosen[l])
                rows *= static_cast<std::size_t>(
                    model.template layer<l>().unit().state_count(model.template layer<l>().size()));
    });
    boltz::States<typename M::value_type, M::depth> states{rows, model.sizes()};
    for (std::size_t i = 0; i < rows; ++i) {
        std::size_t index = i;
        boltz::detail::for_each_index<M::depth>([&](auto l) {
            auto const& layer = model.template layer<l>();
            if constexpr (countable<M, l>) {
                if (!chosen[l]) return;
                auto const count = static_cast<std::size_t>(layer.unit().state_count(layer.size()));
                layer.unit().write_state(index % count, states[l].row(i));
                index /= count;
            }
        });
    }
    return states;
}

template <class M>
boltz::States<typename M::value_type, M::depth> all_states(M const& model) {
    return all_states(model, boltz::detail::all_layers<M::depth>());
}

/// The layers of one parity.
template <std::size_t Depth>
std::array<bool, Depth> layers_of_parity(std::size_t parity) {
    std::array<bool, Depth> result{};
    for (std::size_t l = 0; l < Depth; ++l) result[l] = l % 2 == parity;
    return result;
}

/// exp of each, divided by their sum.
inline std::vector<double> normalised(std::vector<double> log_weights) {
    double const sum = log_sum_exp(log_weights);
    for (double& value : log_weights) value = std::exp(value - sum);
    return log_weights;
}

/// -E of every state, from loops over the definition alone.
template <class M>
std::vector<double> naive_negative_energy(M const& model, boltz::States<typename M::value_type, M::depth>& states) {
    using T = typename M::value_type;
    std::vector<double> own(states.rows(), 0.0);
    std::vector<double> result(states.rows(), 0.0);
    boltz::detail::for_each_index<M::depth>([&](auto l) {
        auto const& layer = model.template layer<l>();
        layer.unit().add_own_term(boltz::Block<T const>{states[l]}, std::span{own});
        for (std::size_t i = 0; i < states.rows(); ++i)
            for (std::size_t j = 0; j < layer.size(); ++j) {
                double const s = states[l](i, j);
                result[i] += s * layer.bias()(j);
                if constexpr (l + 1 < M::depth)
                    for (std::size_t k = 0; k < states[l + 1].columns; ++k)
                        result[i] += s * model.weights(l)(j, k) * states[l + 1](i, k);
            }
    });
    for (std::size_t i = 0; i < states.rows(); ++i) result[i] -= own[i];
    return result;
}

/// Which row of a table of states a row is; states must be whole numbers.
template <class T, std::size_t Depth>
class StateIndex {
  public:
    StateIndex(boltz::StateBlocks<T, Depth> const& table, std::array<bool, Depth> const& chosen) : chosen_{chosen} {
        for (std::size_t i = 0; i < rows_of(table); ++i) index_.emplace(key(table, i), i);
    }

    std::vector<double> counts(boltz::StateBlocks<T, Depth> const& states) const {
        std::vector<double> result(index_.size(), 0.0);
        for (std::size_t i = 0; i < rows_of(states); ++i) result[index_.at(key(states, i))] += 1;
        return result;
    }

  private:
    std::size_t rows_of(boltz::StateBlocks<T, Depth> const& states) const {
        for (std::size_t l = 0; l < Depth; ++l)
            if (chosen_[l]) return states[l].rows;
        return 0;
    }
    std::vector<int> key(boltz::StateBlocks<T, Depth> const& states, std::size_t row) const {
        std::vector<int> result;
        for (std::size_t l = 0; l < Depth; ++l)
            if (chosen_[l])
                for (T const s : states[l].row(row)) result.push_back(static_cast<int>(std::lround(s)));
        return result;
    }

    std::array<bool, Depth> chosen_;
    std::map<std::vector<int>, std::size_t> index_;
};

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
template <class T, std::size_t Depth>
void copy_rows(boltz::StateBlocks<T, Depth> const& table, std::vector<std::size_t> const& rows,
               std::array<bool, Depth> const& chosen, boltz::StateBlocks<T, Depth> const& out) {
    for (std::size_t l = 0; l < Depth; ++l)
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
