// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Contrastive divergence.

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>

namespace boltz {

/// CD-k: chains start at the data with hidden states drawn from the posterior and run k sweeps, layers of colour 0
/// (in an RBM or DBM the even layers, the visible one among them), then those of colour 1 (Hinton 2002).
///
/// It follows not the likelihood's gradient but that of a difference of divergences, with statistics under p_data
/// T^k. For models of two colours: RBMs, DBMs and trees.
struct ContrastiveDivergence {
    /// How the layers of colour 0 (the reconstruction) go into the next update.
    enum class Reconstruction {
        sampled, ///< as states: a Gibbs chain
        mean     ///< as means, not drawn: less noise, but no longer a chain of the model (biased)
    };

    Schedule sweeps = 1; ///< k of CD-k: Gibbs sweeps an update, rounded to a whole number of at least 1
    Statistics statistics = Statistics::mixed;               ///< what the negative statistics are made of
    Reconstruction reconstruction = Reconstruction::sampled; ///< whether reconstructions are drawn

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if the layers of the model do not have two colours.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyField<T> const& field) const {
        if (std::size_t const colours = field.graph().colours(); colours != 2)
            detail::fail<ValueError>("ContrastiveDivergence: the layers of the model have ", colours,
                                     " colours, but its chains take turns between 2");
        return Session<T>{*this};
    }
};

/// The chains of one batch; they live in buffers that are reused and carry nothing from batch to batch.
template <std::floating_point T>
class ContrastiveDivergence::Session final : public NegativePhaseSession<T> {
  public:
    explicit Session(ContrastiveDivergence const& policy) : policy_{policy} {}

    Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet observed,
                           Draws const& draws, Clock const& clock, Executor& executor) override {
        auto const sweeps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.sweeps(clock))));
        detail::check_states(field, posterior, LayerSet::first(field.layers()), "ContrastiveDivergence");
        states_.require(posterior.rows(), field.sizes());
        phase_.refer(states_.blocks(), Moment::state);
        for (std::size_t l = 0; l < field.layers(); ++l) {
            bool const mean = field.graph().colour(l) == 1
                                  ? policy_.statistics != Statistics::samples
                                  : policy_.reconstruction == Reconstruction::mean ||
                                        (policy_.statistics == Statistics::means && !observed[l]);
            if (mean) phase_.moments[l] = Moment::mean;
        }
        executor.for_each_block(posterior.rows(), [&](std::size_t first, std::size_t count) {
            run(field, posterior.row_range(first, count), states_.blocks().row_range(first, count), observed, sweeps,
                draws.from_row(first));
        });
        return phase_;
    }

  private:
    void run(AnyField<T> const& field, StatesView<T const> posterior, StatesView<T> states, LayerSet observed,
             std::size_t sweeps, Draws const& draws) const {
        draw_posterior(field, posterior, states, 1, draws.stream(0));
        for (std::size_t k = 1; k <= sweeps; ++k) {
            Draws const sweep = draws.stream(k);
            if (policy_.reconstruction == Reconstruction::mean)
                mean_update(field, states, states, 0);
            else
                gibbs_update(field, states, 0, sweep);
            if (k < sweeps || policy_.statistics == Statistics::samples)
                gibbs_update(field, states, 1, sweep);
            else
                mean_update(field, states, states, 1);
        }
        if (policy_.statistics == Statistics::means) mean_update(field, states, states, 0, observed);
    }

    ContrastiveDivergence policy_;
    States<T> states_;
    Phase<T> phase_;
};

} // namespace boltz
