// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Block Gibbs sampling of a small model as matrices of probabilities.

#include "support/small_models.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace test {

/// The states of the even and of the odd layers of a model, and the probabilities of each given the other.
template <class M>
struct MarkovChain {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

    explicit MarkovChain(M const& model)
        : even{all_states(model, layers_of_parity<depth>(0))}, odd{all_states(model, layers_of_parity<depth>(1))},
          joint{even.rows() * odd.rows(), model.sizes()} {
        for (std::size_t e = 0; e < even.rows(); ++e)
            for (std::size_t o = 0; o < odd.rows(); ++o)
                for (std::size_t l = 0; l < depth; ++l)
                    boltz::copy((l % 2 == 0 ? even[l].row_range(e, 1) : odd[l].row_range(o, 1)),
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
    [[nodiscard]] std::vector<double> statistics(M const& model, std::vector<double> const& p) {
        boltz::Executor executor{boltz::Compute{}};
        auto gradient = model.make_gradient();
        for (std::size_t i = 0; i < p.size(); ++i) {
            boltz::Phase<T, depth> phase;
            phase.states = boltz::row_range(joint.blocks(), i, 1);
            model.accumulate(phase, {.factor = p[i], .keep = 1}, gradient, executor);
        }
        return numbers(gradient);
    }

    boltz::States<T, depth> even;
    boltz::States<T, depth> odd;
    boltz::States<T, depth> joint;
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
