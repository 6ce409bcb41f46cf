// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Mean-field inference for models of any depth.

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/inference/inference_session.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <mutex>
#include <vector>

namespace boltz {

/// The factorised distribution of the unobserved layers that is closest to their posterior, by sweeps over
/// mu_l = A'(sum over neighbours of W mu + b_l), layer after layer, each with the newest means of its neighbours.
///
/// It starts with one pass from layer 0 on (bottom-up); where a neighbour is not known yet, the input from those that
/// are counts twice in its place (Salakhutdinov & Hinton 2009, section 3). A sweep never lowers the variational
/// bound. A block of rows stops by itself once no mean changes by more than `tolerance`. What the observed layers
/// contribute is computed once. Cost of a sweep: two products a connection between hidden layers.
struct MeanField {
    std::size_t max_sweeps = 10; ///< sweeps after the bottom-up start; 0 leaves the start as it is
    double tolerance = 1e-4;     ///< on the largest change of a mean in a sweep; 0 always runs all sweeps
    double damping = 0;          ///< share of the old mean that a new one keeps, in [0, 1)

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if a number is out of range.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyField<T> const&) const {
        if (!(tolerance >= 0))
            detail::fail<ValueError>("MeanField: tolerance is ", tolerance, ", but must not be negative");
        if (!(damping >= 0 && damping < 1))
            detail::fail<ValueError>("MeanField: damping is ", damping, ", but must lie in [0, 1)");
        return Session<T>{*this};
    }
};

/// The buffers of a mean-field inference; they grow with the largest batch seen and are reused.
template <std::floating_point T>
class MeanField::Session final : public InferenceSession<T> {
  public:
    explicit Session(MeanField const& policy) : policy_{policy} {}

    InferenceReport infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                          Executor& executor) override {
        detail::check_states(field, states, LayerSet::first(field.layers()), "MeanField");
        sizes_.resize(field.layers());
        for (std::size_t l = 0; l < field.layers(); ++l)
            if (!observed[l]) sizes_[l] = field.sizes()[l];
        fixed_.require(states.rows(), sizes_);
        next_.require(states.rows(), sizes_);
        InferenceReport report{.sweeps = 0, .residual = 0, .converged = true};
        std::mutex mutex;
        executor.for_each_block(states.rows(), [&](std::size_t first, std::size_t count) {
            InferenceReport const block =
                infer_block(field, states.row_range(first, count), fixed_.blocks().row_range(first, count),
                            next_.blocks().row_range(first, count), observed);
            std::lock_guard const lock{mutex};
            report.sweeps = std::max(report.sweeps, block.sweeps);
            report.residual = larger(report.residual, block.residual);
            report.converged = report.converged && block.converged;
        });
        return report;
    }

  private:
    InferenceReport infer_block(AnyField<T> const& field, StatesView<T> states, StatesView<T> fixed,
                                StatesView<T> next, LayerSet observed) const {
        Factors const from_unobserved{.bias = 0, .keep = 1, .among = ~observed};
        LayerSet changing; // unobserved layers with neighbours of their kind
        for (std::size_t l = 0; l < field.layers(); ++l) {
            if (observed[l]) continue;
            changing.set(l, !(field.graph().neighbour_set(l) & ~observed).empty());
            field.input(l, states, fixed[l], {.among = observed});
            copy<T>(fixed[l], states[l]);
            field.input(l, states, states[l], start_of(field.graph(), l, observed));
            field.unit(l).mean(states[l]);
        }
        // One unobserved layer beside observed ones only is exact at once.
        InferenceReport report{.sweeps = 0, .residual = 0, .converged = changing.empty()};
        for (std::size_t sweep = 0; sweep < policy_.max_sweeps && !report.converged; ++sweep) {
            T residual = 0;
            for (std::size_t l = 0; l < field.layers(); ++l) {
                if (!changing[l]) continue;
                copy<T>(fixed[l], next[l]);
                field.input(l, states, next[l], from_unobserved);
                field.unit(l).mean(next[l]);
                residual = larger(residual, replace(next[l], states[l]));
            }
            ++report.sweeps;
            report.residual = static_cast<double>(residual);
            report.converged = report.residual < policy_.tolerance;
        }
        return report;
    }
    // The start of a layer, whose block holds what observed layers contribute. Layers with lower numbers have begun;
    // the blocks of those that have not hold anything.
    static Factors start_of(LayerGraph const& graph, std::size_t layer, LayerSet observed) {
        LayerSet const neighbours = graph.neighbour_set(layer);
        LayerSet const begun = LayerSet::first(layer) & ~observed;
        LayerSet const known = neighbours & (observed | begun);
        double const times = !known.empty() && known != neighbours ? 2 : 1;
        if (!(neighbours & begun).empty())
            return {.below = times, .above = times, .bias = 0, .keep = 1, .among = begun};
        return {.below = 0, .above = 0, .bias = 1 - times, .keep = times};
    }
    // Not-a-number if either is.
    template <std::floating_point N>
    static N larger(N a, N b) {
        return std::isnan(b) || b > a ? b : a;
    }
    // Moves the means to their new values, damped; returns the largest change.
    T replace(Block<T> fresh, Block<T> means) const {
        T change = 0;
        auto const kept = static_cast<T>(policy_.damping);
        for (std::size_t i = 0; i < fresh.rows; ++i) {
            if (kept > 0) {
                detail::scale(fresh.row(i).data(), fresh.columns, T{1} - kept);
                detail::axpy(fresh.row(i).data(), means.row(i).data(), fresh.columns, kept);
            }
            change =
                larger(change, detail::max_abs_difference(fresh.row(i).data(), means.row(i).data(), fresh.columns));
        }
        copy<T>(fresh, means);
        return change;
    }

    MeanField policy_;
    std::vector<std::size_t> sizes_; // of layers that were ever unobserved, 0 of the others: these need no buffers
    States<T> fixed_;
    States<T> next_;
};

} // namespace boltz
