// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling of a small model as matrices of probabilities.

#include "support/small_models.hpp"

#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/states.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <vector>

namespace test {

/// The states of the layers of colour 0 (of a chain the even ones) and of the others (the odd ones), and the
/// probabilities of each given the other.
template <std::floating_point T>
struct MarkovChain {
    explicit MarkovChain(boltz::BoltzmannMachine<T> const& model)
        : even{all_states<T>(model, model.graph().of_colour(0))},
          odd{all_states<T>(model, ~model.graph().of_colour(0))}, joint{even.rows() * odd.rows(), model.sizes()} {
        for (std::size_t e = 0; e < even.rows(); ++e)
            for (std::size_t o = 0; o < odd.rows(); ++o)
                for (std::size_t l = 0; l < model.layers(); ++l)
                    boltz::copy((model.graph().colour(l) == 0 ? even[l].row_range(e, 1) : odd[l].row_range(o, 1)),
                                joint[l].row_range(at(e, o), 1));
        log_weights = naive_negative_energy(model, joint);
    }

    [[nodiscard]] std::size_t at(std::size_t e, std::size_t o) const { return e * odd.rows() + o; }

    /// The model's own distribution of the joint states.
    [[nodiscard]] std::vector<double> stationary() const { return normalised(log_weights); }

    /// p(even) sum_odd becomes p(odd), and the joint of even and the odd drawn from it.
    [[nodiscard]] std::vector<double> joint_from_even(std::vector<double> const& p_even) const {
        std::vector<double> result(joint.rows());
        for (std::size_t e = 0; e < even.rows(); ++e) {
            std::vector<double> row(odd.rows());
            for (std::size_t o = 0; o < odd.rows(); ++o) row[o] = log_weights[at(e, o)];
            row = normalised(row);
            for (std::size_t o = 0; o < odd.rows(); ++o) result[at(e, o)] = p_even[e] * row[o];
        }
        return result;
    }
    [[nodiscard]] std::vector<double> joint_from_odd(std::vector<double> const& p_odd) const {
        std::vector<double> result(joint.rows());
        for (std::size_t o = 0; o < odd.rows(); ++o) {
            std::vector<double> row(even.rows());
            for (std::size_t e = 0; e < even.rows(); ++e) row[e] = log_weights[at(e, o)];
            row = normalised(row);
            for (std::size_t e = 0; e < even.rows(); ++e) result[at(e, o)] = p_odd[o] * row[e];
        }
        return result;
    }
    [[nodiscard]] std::vector<double> marginal_even(std::vector<double> const& p) const {
        std::vector<double> result(even.rows(), 0.0);
        for (std::size_t i = 0; i < p.size(); ++i) result[i / odd.rows()] += p[i];
        return result;
    }
    [[nodiscard]] std::vector<double> marginal_odd(std::vector<double> const& p) const {
        std::vector<double> result(odd.rows(), 0.0);
        for (std::size_t i = 0; i < p.size(); ++i) result[i % odd.rows()] += p[i];
        return result;
    }

    /// The expected statistics (-dE by each parameter) under a distribution of the joint states.
    [[nodiscard]] std::vector<double> statistics(boltz::AnyModel<T> const& model, std::vector<double> const& p) {
        boltz::Executor executor{boltz::Compute{}};
        auto gradient = model.make_gradient();
        for (std::size_t i = 0; i < p.size(); ++i) {
            boltz::Phase<T> phase;
            phase.refer(joint.blocks().row_range(i, 1), boltz::Moment::state);
            model.accumulate(phase, {.factor = p[i], .keep = 1}, gradient, executor);
        }
        return numbers(gradient);
    }

    boltz::States<T> even;
    boltz::States<T> odd;
    boltz::States<T> joint;
    std::vector<double> log_weights;
};

/// Means and standard errors of lists of numbers from independent repetitions.
struct Repetitions {
    std::vector<std::vector<double>> runs;

    void add(std::vector<double> run) { runs.push_back(std::move(run)); }

    /// The largest deviation from `expected`, in standard errors.
    [[nodiscard]] double worst_score(std::vector<double> const& expected) const {
        double worst = 0;
        for (std::size_t k = 0; k < expected.size(); ++k) {
            std::vector<double> values;
            for (auto const& run : runs) values.push_back(run[k]);
            Estimate const found = estimate(values);
            worst = std::max(worst, std::abs(found.mean - expected[k]) / (found.error + 1e-9));
        }
        return worst;
    }
};

} // namespace test
