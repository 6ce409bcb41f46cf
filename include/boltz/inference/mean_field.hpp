// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Mean-field inference for models of any depth.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <mutex>

namespace boltz {

/// The factorised distribution of the unobserved layers that is closest to their posterior, by sweeps over
/// mu_l = A'(W_{l-1}' mu_{l-1} + W_l mu_{l+1} + b_l), layer after layer, each with the newest means of its
/// neighbours.
///
/// It starts bottom-up; a layer whose upper neighbour is not known yet hears the lower one twice (Salakhutdinov &
/// Hinton 2009, section 3). A sweep never lowers the variational bound. A block of rows stops by itself once no mean
/// changes by more than `tolerance`. What the observed layers contribute is computed once. Cost of a sweep: two
/// products a pair of hidden layers.
struct MeanField {
    std::size_t max_sweeps = 10; ///< sweeps after the bottom-up start; 0 leaves the start as it is
    double tolerance = 1e-4;     ///< on the largest change of a mean in a sweep; 0 always runs all sweeps
    double damping = 0;          ///< share of the old mean that a new one keeps, in [0, 1)

    template <concepts::Field F>
    class Session;

    /// @throws ValueError if a field is out of range.
    template <concepts::Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        if (!(tolerance >= 0))
            detail::fail<ValueError>("MeanField: tolerance is ", tolerance, ", but must not be negative");
        if (!(damping >= 0 && damping < 1))
            detail::fail<ValueError>("MeanField: damping is ", damping, ", but must lie in [0, 1)");
        return Session<F>{*this, field};
    }
};

/// The buffers of a mean-field inference; they grow with the largest batch seen and are reused.
template <concepts::Field F>
class MeanField::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(MeanField const& policy, F const&) : policy_{policy} {}

    InferenceReport infer(F const& field, StateBlocks<T, depth> const& states, Observed<depth> const& observed,
                          Executor& executor) {
        detail::check_states(field, states, detail::all_layers<depth>(), "MeanField");
        std::size_t const rows = states[0].rows;
        fixed_.require(rows, field.sizes());
        next_.require(rows, field.sizes());
        InferenceReport report{.sweeps = 0, .residual = 0, .converged = true};
        std::mutex mutex;
        executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
            InferenceReport const block =
                infer_block(field, row_range(states, first, count), row_range(fixed_.blocks(), first, count),
                            row_range(next_.blocks(), first, count), observed);
            std::lock_guard const lock{mutex};
            report.sweeps = std::max(report.sweeps, block.sweeps);
            report.residual = larger(report.residual, block.residual);
            report.converged = report.converged && block.converged;
        });
        return report;
    }

  private:
    InferenceReport infer_block(F const& field, StateBlocks<T, depth> const& states,
                                StateBlocks<T, depth> const& fixed, StateBlocks<T, depth> const& next,
                                Observed<depth> const& observed) const {
        detail::for_each_index<depth>([&](auto l) {
            if (observed[l]) return;
            field.template input<l>(states, fixed[l], from_observed(observed, l));
            copy(fixed[l], states[l]);
            bool const above_missing = l + 1 < depth && !above_observed(observed, l);
            double const loudness = l > 0 && above_missing ? 2 : 1;
            Factors const start = l == 0 || below_observed(observed, l)
                                      ? Factors{.below = 0, .above = 0, .bias = 1 - loudness, .keep = loudness}
                                      : Factors{.below = loudness, .above = 0, .bias = 0, .keep = 1};
            field.template input<l>(states, states[l], start);
            field.template layer<l>().unit().mean(states[l]);
        });
        bool settled = true; // one unobserved layer beside observed ones only is exact at once
        for (std::size_t l = 0; l < depth; ++l) settled = settled && !hears_unobserved(observed, l);

        InferenceReport report{.sweeps = 0, .residual = 0, .converged = settled};
        for (std::size_t sweep = 0; sweep < policy_.max_sweeps && !report.converged; ++sweep) {
            T residual = 0;
            detail::for_each_index<depth>([&](auto l) {
                if (observed[l] || !hears_unobserved(observed, l)) return;
                copy(fixed[l], next[l]);
                field.template input<l>(states, next[l], from_unobserved(observed, l));
                field.template layer<l>().unit().mean(next[l]);
                residual = larger(residual, replace(next[l], states[l]));
            });
            ++report.sweeps;
            report.residual = static_cast<double>(residual);
            report.converged = report.residual < policy_.tolerance;
        }
        return report;
    }

    static bool below_observed(Observed<depth> const& observed, std::size_t l) { return l > 0 && observed[l - 1]; }
    static bool above_observed(Observed<depth> const& observed, std::size_t l) {
        return l + 1 < depth && observed[l + 1];
    }
    static bool hears_unobserved(Observed<depth> const& observed, std::size_t l) {
        return !observed[l] && ((l > 0 && !observed[l - 1]) || (l + 1 < depth && !observed[l + 1]));
    }
    static Factors from_observed(Observed<depth> const& observed, std::size_t l) {
        return {.below = below_observed(observed, l) ? 1.0 : 0.0, .above = above_observed(observed, l) ? 1.0 : 0.0};
    }
    static Factors from_unobserved(Observed<depth> const& observed, std::size_t l) {
        return {.below = below_observed(observed, l) ? 0.0 : 1.0,
                .above = above_observed(observed, l) ? 0.0 : 1.0,
                .bias = 0,
                .keep = 1};
    }
    // Not-a-number wins and stays.
    template <std::floating_point N>
    static N larger(N a, N b) {
        return std::isnan(b) || b > a ? b : a;
    }

    // Moves the means to their new values, damped, and says how far the farthest moved.
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
        copy(fresh, means);
        return change;
    }

    MeanField policy_;
    States<T, depth> fixed_;
    States<T, depth> next_;
};

} // namespace boltz
