// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Ising models and +-J glasses on a torus: as Boltzmann machines, and their log Z by transfer matrix.

#include "softplus.hpp"

#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/running_log_sum.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bench {

using BinaryLayer = boltz::StochasticLayer<boltz::Bernoulli>;
using BinaryRbm = boltz::RBM<BinaryLayer, BinaryLayer>;

/// Spins s = -1, +1 on a torus of side x side sites, row by row, with weight
/// exp(constant + sum_i (field_i s_i + right_i s_i s_{right of i} + down_i s_i s_{below i})).
struct IsingTorus {
    std::size_t side;
    std::vector<double> right, down, field; ///< one number a site
    double constant = 0;

    explicit IsingTorus(std::size_t n) : side{n}, right(n * n), down(n * n), field(n * n) {}

    [[nodiscard]] std::size_t sites() const noexcept { return side * side; }
    [[nodiscard]] std::size_t right_of(std::size_t i) const noexcept { return i - i % side + (i + 1) % side; }
    [[nodiscard]] std::size_t below(std::size_t i) const noexcept { return (i + side) % sites(); }

    /// log Z in nats. One first row after another is held fast while rows are added, a bond at a time:
    /// O(side^2 4^side) operations.
    [[nodiscard]] double log_partition() const {
        std::size_t const states = std::size_t{1} << side;
        boltz::detail::RunningLogSum total;
        std::vector<double> weights(states);
        for (std::size_t first = 0; first < states; ++first) {
            std::fill(weights.begin(), weights.end(), 0.0);
            weights[first] = 1;
            double scale = constant + row_weight(0, first);
            for (std::size_t y = 0; y < side; ++y) {
                for (std::size_t x = 0; x < side; ++x) add_bond(weights, x, down[y * side + x]);
                if (y + 1 == side) break;
                for (std::size_t s = 0; s < states; ++s) weights[s] *= std::exp(row_weight(y + 1, s));
                double const most = *std::max_element(weights.begin(), weights.end());
                for (double& w : weights) w /= most;
                scale += std::log(most);
            }
            total.add(scale + std::log(weights[first])); // the last row's bonds end at the first row
        }
        return total.log();
    }

  private:
    static double spin(std::size_t row, std::size_t x) { return (row >> x & 1) != 0 ? 1 : -1; }

    double row_weight(std::size_t y, std::size_t row) const {
        double sum = 0;
        for (std::size_t x = 0; x < side; ++x)
            sum += spin(row, x) * (field[y * side + x] + right[y * side + x] * spin(row, (x + 1) % side));
        return sum;
    }

    // Replaces spin x of the row above by spin x of the row below.
    static void add_bond(std::vector<double>& weights, std::size_t x, double coupling) {
        double const equal = std::exp(coupling), different = std::exp(-coupling);
        std::size_t const bit = std::size_t{1} << x;
        for (std::size_t s = 0; s < weights.size(); ++s) {
            if ((s & bit) != 0) continue;
            double const low = weights[s], high = weights[s | bit];
            weights[s] = equal * low + different * high;
            weights[s | bit] = different * low + equal * high;
        }
    }
};

/// All bonds of one strength and all fields equal.
inline IsingTorus even_torus(std::size_t side, double coupling, double field) {
    IsingTorus torus{side};
    std::fill(torus.right.begin(), torus.right.end(), coupling);
    std::fill(torus.down.begin(), torus.down.end(), coupling);
    std::fill(torus.field.begin(), torus.field.end(), field);
    return torus;
}

/// Bonds of one strength whose signs are drawn, and fields drawn from N(0, deviation^2).
inline IsingTorus glass_torus(std::size_t side, double coupling, double deviation, std::uint64_t seed) {
    IsingTorus torus{side};
    boltz::Draws const draws = boltz::Draws::from_seed(seed);
    std::vector<double> uniform(2 * torus.sites());
    draws.stream(0).uniform(0, 0, std::span{uniform});
    draws.stream(1).normal(0, 0, std::span{torus.field});
    for (std::size_t i = 0; i < torus.sites(); ++i) {
        torus.right[i] = uniform[2 * i] < 0.5 ? coupling : -coupling;
        torus.down[i] = uniform[2 * i + 1] < 0.5 ? coupling : -coupling;
        torus.field[i] *= deviation;
    }
    return torus;
}

/// The torus as an RBM whose visible units are the spins, v = (1 + s) / 2, with one hidden unit a bond.
///
/// With cosh(w / 2) = exp(2 |K|), the sum over a hidden unit with weights w, w and bias -w (w, -w and 0 for K < 0)
/// is proportional to exp(K s s') once visible biases have taken what it says to each spin alone.
inline BinaryRbm bond_rbm(IsingTorus const& torus) {
    BinaryRbm rbm{BinaryLayer{torus.sites()}, BinaryLayer{2 * torus.sites()}};
    auto& visible = rbm.visible().bias();
    rbm.weights() = xt::zeros<float>({torus.sites(), 2 * torus.sites()});
    auto const add = [&](std::size_t hidden, std::size_t a, std::size_t b, double coupling) {
        auto const w = static_cast<float>(2 * std::acosh(std::exp(2 * std::abs(coupling))));
        bool const alike = coupling >= 0;
        rbm.hidden().bias()(hidden) = alike ? -w : 0;
        rbm.weights()(a, hidden) = w;
        rbm.weights()(b, hidden) = alike ? w : -w;
        visible(a) -= w / 2;
        visible(b) -= alike ? w / 2 : -w / 2;
    };
    for (std::size_t i = 0; i < torus.sites(); ++i) {
        visible(i) += static_cast<float>(2 * torus.field[i]);
        add(2 * i, i, torus.right_of(i), torus.right[i]);
        add(2 * i + 1, i, torus.below(i), torus.down[i]);
    }
    return rbm;
}

/// What `bond_rbm` has made, in the numbers that it holds: so log Z is that of the rounded parameters.
inline IsingTorus torus_of_bonds(BinaryRbm const& rbm, std::size_t side) {
    IsingTorus torus{side};
    auto const take = [&](std::size_t hidden, std::size_t a, std::size_t b, double& coupling) {
        double const bias = rbm.hidden().bias()(hidden);
        double const wa = rbm.weights()(a, hidden), wb = rbm.weights()(b, hidden);
        double const none = softplus(bias), both = softplus(bias + wa + wb);
        double const only_a = softplus(bias + wa), only_b = softplus(bias + wb);
        torus.constant += (none + both + only_a + only_b) / 4;
        torus.field[a] += (both + only_a - only_b - none) / 4;
        torus.field[b] += (both + only_b - only_a - none) / 4;
        coupling = (both + none - only_a - only_b) / 4;
    };
    for (std::size_t i = 0; i < torus.sites(); ++i) {
        double const bias = rbm.visible().bias()(i);
        torus.constant += bias / 2;
        torus.field[i] += bias / 2;
        take(2 * i, i, torus.right_of(i), torus.right[i]);
        take(2 * i + 1, i, torus.below(i), torus.down[i]);
    }
    return torus;
}

/// The torus as an RBM whose visible units are the white sites of a chessboard and whose hidden units are the black
/// ones, for an even side of 4 or more.
inline BinaryRbm board_rbm(IsingTorus const& torus) {
    std::size_t const half = torus.sites() / 2;
    BinaryRbm rbm{BinaryLayer{half}, BinaryLayer{half}};
    rbm.weights() = xt::zeros<float>({half, half});
    auto const white = [&](std::size_t i) { return (i / torus.side + i) % 2 == 0; };
    auto const bias = [&](std::size_t i) -> float& {
        return white(i) ? rbm.visible().bias()(i / 2) : rbm.hidden().bias()(i / 2);
    };
    auto const add = [&](std::size_t a, std::size_t b, double coupling) { // K s s' = 4 K v h - 2 K v - 2 K h + K
        rbm.weights()((white(a) ? a : b) / 2, (white(a) ? b : a) / 2) = static_cast<float>(4 * coupling);
        bias(a) -= static_cast<float>(2 * coupling);
        bias(b) -= static_cast<float>(2 * coupling);
    };
    for (std::size_t i = 0; i < torus.sites(); ++i) {
        bias(i) += static_cast<float>(2 * torus.field[i]);
        add(i, torus.right_of(i), torus.right[i]);
        add(i, torus.below(i), torus.down[i]);
    }
    return rbm;
}

/// What `board_rbm` has made, in the numbers that it holds.
inline IsingTorus torus_of_board(BinaryRbm const& rbm, std::size_t side) {
    IsingTorus torus{side};
    auto const white = [&](std::size_t i) { return (i / side + i) % 2 == 0; };
    auto const take = [&](std::size_t a, std::size_t b, double& coupling) {
        coupling = rbm.weights()((white(a) ? a : b) / 2, (white(a) ? b : a) / 2) / 4.0;
        torus.field[a] += coupling;
        torus.field[b] += coupling;
        torus.constant += coupling;
    };
    for (std::size_t i = 0; i < torus.sites(); ++i) {
        double const bias = white(i) ? rbm.visible().bias()(i / 2) : rbm.hidden().bias()(i / 2);
        torus.constant += bias / 2;
        torus.field[i] += bias / 2;
        take(i, torus.right_of(i), torus.right[i]);
        take(i, torus.below(i), torus.down[i]);
    }
    return torus;
}

} // namespace bench
