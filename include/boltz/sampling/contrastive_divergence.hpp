// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Contrastive divergence.

#include <boltz/any_field.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/schedule.hpp>

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
    [[nodiscard]] Session<T> bind(AnyField<T> const& field) const;
};

/// The chains of one batch; they live in buffers that are reused and carry nothing from batch to batch.
template <std::floating_point T>
class ContrastiveDivergence::Session final : public NegativePhaseSession<T> {
  public:
    explicit Session(ContrastiveDivergence const& policy) : policy_{policy} {}

    Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet observed,
                           Draws const& draws, Clock const& clock, Executor& executor) override;

  private:
    void run(AnyField<T> const& field, StatesView<T const> posterior, StatesView<T> states, LayerSet observed,
             std::size_t steps, Draws const& draws) const;

    ContrastiveDivergence policy_;
    States<T> states_;
    Phase<T> phase_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/contrastive_divergence.hpp>
#endif
