// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines of groups of identical units, whose phases are known by counting.

#include "softplus.hpp"

#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace bench {

/// A machine of binary layers, each of groups of units that are all alike: Z is a sum over how many units of each
/// group are on, with binomial coefficients.
template <std::size_t Depth>
struct GroupedMachine {
    std::array<std::vector<std::size_t>, Depth> sizes;              ///< units of each group
    std::array<std::vector<float>, Depth> biases;                   ///< of each group
    std::array<std::vector<std::vector<float>>, Depth - 1> weights; ///< of a group and one of the next layer

    /// The machine, the units of a group side by side.
    [[nodiscard]] auto model() const { return model(std::make_index_sequence<Depth>{}); }

    /// The log of the sum of exp(-E) for each choice of counts of the groups that are not summed in closed form; the
    /// counts of the first group change fastest. Summed are the last layer, and the first of three or more.
    [[nodiscard]] std::vector<double> log_weights() const {
        std::vector<double> result;
        auto counts = sizes; // of each group
        for (auto& layer : counts) std::fill(layer.begin(), layer.end(), std::size_t{0});
        do result.push_back(log_weight(counts));
        while (next(counts));
        return result;
    }

    /// log Z in nats, up to rounding.
    [[nodiscard]] double log_partition() const {
        boltz::detail::RunningLogSum sum;
        for (double const w : log_weights()) sum.add(w);
        return sum.log();
    }

    /// The probabilities of the modes, the greatest first: each choice of counts belongs to the mode that steepest
    /// ascent by single counts ends at.
    [[nodiscard]] std::vector<double> modes() const {
        std::vector<double> const height = log_weights();
        double const total = log_partition();
        std::vector<std::size_t> steps(1, 1), limits; // of the index, a group each
        for (std::size_t l = first_kept; l < last_kept; ++l)
            for (std::size_t const n : sizes[l]) {
                limits.push_back(n + 1);
                steps.push_back(steps.back() * (n + 1));
            }
        auto const higher = [&](std::size_t index) {
            std::size_t best = index;
            std::function<void(std::size_t, std::size_t)> const look = [&](std::size_t group, std::size_t at) {
                if (group == limits.size()) {
                    if (height[at] > height[best]) best = at;
                    return;
                }
                std::size_t const count = index / steps[group] % limits[group];
                look(group + 1, at);
                if (count > 0) look(group + 1, at - steps[group]);
                if (count + 1 < limits[group]) look(group + 1, at + steps[group]);
            };
            look(0, index);
            return best;
        };
        std::vector<double> mass(height.size(), 0.0);
        for (std::size_t i = 0; i < height.size(); ++i) {
            std::size_t at = i;
            for (std::size_t up = higher(at); up != at; up = higher(at)) at = up;
            mass[at] += std::exp(height[i] - total);
        }
        std::erase(mass, 0.0);
        std::sort(mass.begin(), mass.end(), std::greater{});
        return mass;
    }

  private:
    static constexpr std::size_t first_kept = Depth > 2 ? 1 : 0;
    static constexpr std::size_t last_kept = Depth - 1;
    using Counts = std::array<std::vector<std::size_t>, Depth>;

    template <std::size_t... L>
    auto model(std::index_sequence<L...>) const {
        using Layer = boltz::StochasticLayer<boltz::Bernoulli>;
        boltz::DBM result{Layer{std::accumulate(sizes[L].begin(), sizes[L].end(), std::size_t{0})}...};
        auto const each = [&](std::size_t l, auto const& f) { // f(unit, its group)
            std::size_t unit = 0;
            for (std::size_t g = 0; g < sizes[l].size(); ++g)
                for (std::size_t i = 0; i < sizes[l][g]; ++i) f(unit++, g);
        };
        (each(L, [&](std::size_t i, std::size_t g) { result.template layer<L>().bias()(i) = biases[L][g]; }), ...);
        for (std::size_t l = 0; l + 1 < Depth; ++l)
            each(l, [&](std::size_t i, std::size_t g) {
                each(l + 1, [&](std::size_t j, std::size_t h) { result.weights(l)(i, j) = weights[l][g][h]; });
            });
        return result;
    }

    bool next(Counts& counts) const {
        for (std::size_t l = first_kept; l < last_kept; ++l)
            for (std::size_t g = 0; g < counts[l].size(); ++g) {
                if (counts[l][g] < sizes[l][g]) {
                    ++counts[l][g];
                    return true;
                }
                counts[l][g] = 0;
            }
        return false;
    }

    double log_weight(Counts const& counts) const {
        auto const number = [](std::size_t n) { return static_cast<double>(n); };
        // sum_g W_gh k_g of the groups in layer l, for group h of the layer above or below
        auto const from_below = [&](std::size_t l, std::size_t h) {
            double sum = 0;
            for (std::size_t g = 0; g < counts[l].size(); ++g) sum += weights[l][g][h] * number(counts[l][g]);
            return sum;
        };
        auto const from_above = [&](std::size_t l, std::size_t g) {
            double sum = 0;
            for (std::size_t h = 0; h < counts[l].size(); ++h) sum += weights[l - 1][g][h] * number(counts[l][h]);
            return sum;
        };
        auto const summed = [&](std::size_t l, std::size_t group, double input) {
            return number(sizes[l][group]) * softplus(biases[l][group] + input);
        };
        double result = 0;
        for (std::size_t l = first_kept; l < last_kept; ++l)
            for (std::size_t g = 0; g < counts[l].size(); ++g) {
                double const n = number(sizes[l][g]), k = number(counts[l][g]);
                result += std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + biases[l][g] * k;
                if (l > first_kept) result += from_below(l - 1, g) * k;
            }
        for (std::size_t h = 0; h < sizes[Depth - 1].size(); ++h)
            result += summed(Depth - 1, h, from_below(Depth - 2, h));
        if (first_kept > 0)
            for (std::size_t g = 0; g < sizes[0].size(); ++g) result += summed(0, g, from_above(1, g));
        return result;
    }
};

/// Spins in layers, every one coupled to every one of the next layer by `couplings`, and drawn up by a field of
/// tilt / (units of layer 0) on layer 0: two phases, all units off and all on, if couplings are strong.
///
/// J s s' with s = 2 v - 1 is 4 J v v' less 2 J of each.
template <std::size_t Depth>
GroupedMachine<Depth> layered_ferromagnet(std::array<std::size_t, Depth> const& sizes,
                                          std::array<double, Depth - 1> const& couplings, double tilt) {
    GroupedMachine<Depth> machine;
    for (std::size_t l = 0; l < Depth; ++l) {
        double bias = l == 0 ? 2 * tilt / static_cast<double>(sizes[0]) : 0;
        if (l > 0) bias -= 2 * couplings[l - 1] * static_cast<double>(sizes[l - 1]);
        if (l + 1 < Depth) bias -= 2 * couplings[l] * static_cast<double>(sizes[l + 1]);
        machine.sizes[l] = {sizes[l]};
        machine.biases[l] = {static_cast<float>(bias)};
        if (l + 1 < Depth) machine.weights[l] = {{static_cast<float>(4 * couplings[l])}};
    }
    return machine;
}

/// `phases` groups a layer of which one at a time is on: each group excites that of its number in the other layer and
/// inhibits the others. Phase g has a bias of -2 - step g a visible unit, so the phases have unequal mass.
inline GroupedMachine<2> rival_groups(std::size_t phases, std::size_t visible, std::size_t hidden, double step) {
    GroupedMachine<2> machine;
    machine.sizes = {std::vector(phases, visible), std::vector(phases, hidden)};
    machine.weights[0].assign(phases, std::vector(phases, -1.5F));
    for (std::size_t g = 0; g < phases; ++g) {
        machine.biases[0].push_back(static_cast<float>(-2 - step * static_cast<double>(g)));
        machine.biases[1].push_back(-4);
        machine.weights[0][g][g] = 1;
    }
    return machine;
}

/// One hidden unit that is on only within `radius` wrong units of a pattern of `visible` units, `on` of which are on,
/// and adds `gain` nats at the pattern itself: a mode in a corner that nothing leads to. Visible units have bias
/// `bias` towards the pattern.
inline GroupedMachine<2> needle(std::size_t visible, std::size_t on, double radius, double gain, double bias) {
    double const slope = gain / radius; // what a wrong unit costs
    GroupedMachine<2> machine;
    machine.sizes = {std::vector{on, visible - on}, {1}};
    machine.biases = {std::vector{static_cast<float>(bias), static_cast<float>(-bias)},
                      {static_cast<float>(gain - slope * static_cast<double>(on))}};
    machine.weights[0] = {{static_cast<float>(slope)}, {static_cast<float>(-slope)}};
    return machine;
}

} // namespace bench
