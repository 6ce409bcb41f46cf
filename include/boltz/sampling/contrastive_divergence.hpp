// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Contrastive divergence.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace boltz {

/// CD-k: chains start at the data with hidden states drawn from the posterior and run k sweeps, even layers (the
/// visible one among them), then odd ones (Hinton 2002).
///
/// It follows not the likelihood's gradient but that of a difference of divergences, with statistics under p_data
/// T^k.
struct ContrastiveDivergence {
    /// How the even layers (the reconstruction) go into the next half-sweep.
    enum class Reconstruction {
        sampled, ///< as states: a Gibbs chain
        mean     ///< as means, undrawn: less noise, but no longer a chain of the model (biased)
    };

    Schedule steps = 1;                                      ///< k, rounded to a whole number of at least 1
    Statistics statistics = Statistics::mixed;               ///< what the negative statistics are made of
    Reconstruction reconstruction = Reconstruction::sampled; ///< whether reconstructions are drawn

    template <concepts::Field F>
    class Session;

    template <concepts::Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        return Session<F>{*this, field};
    }
};

/// The chains of one batch; they live in buffers that are reused and carry nothing from batch to batch.
template <concepts::Field F>
class ContrastiveDivergence::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(ContrastiveDivergence const& policy, F const&) : policy_{policy} {}

    Phase<T, depth> sample(F const& field, StateBlocks<T, depth> const& posterior, Draws const& draws,
                           Clock const& clock, Executor& executor) {
        auto const sweeps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.steps(clock))));
        detail::check_states(field, posterior, detail::all_layers<depth>(), "ContrastiveDivergence");
        std::size_t const rows = posterior[0].rows;
        states_.require(rows, field.sizes());
        Phase<T, depth> phase;
        phase.states = states_.blocks();
        for (std::size_t l = 0; l < depth; ++l) {
            bool const odd = l % 2 == 1;
            bool const drawn_mean = !odd && policy_.reconstruction == Reconstruction::mean;
            bool const mean = odd ? policy_.statistics != Statistics::samples
                                  : drawn_mean || (policy_.statistics == Statistics::means && l > 0);
            phase.moments[l] = mean ? Moment::mean : Moment::state;
        }
        executor.for_each_block(rows, [&](std::size_t first, std::size_t count) {
            run(field, row_range(posterior, first, count), row_range(phase.states, first, count), sweeps,
                draws.from_row(first));
        });
        return phase;
    }

    template <class Archive>
    void archive(Archive&) {}

  private:
    void run(F const& field, StateBlocks<T, depth> const& posterior, StateBlocks<T, depth> const& states,
             std::size_t sweeps, Draws const& draws) const {
        draw_posterior(field, posterior, states, Parity::odd, draws.stream(0));
        for (std::size_t k = 1; k <= sweeps; ++k) {
            Draws const sweep = draws.stream(k);
            if (policy_.reconstruction == Reconstruction::mean)
                mean_half_sweep(field, states, states, Parity::even);
            else
                gibbs_half_sweep(field, states, Parity::even, sweep);
            if (k < sweeps || policy_.statistics == Statistics::samples)
                gibbs_half_sweep(field, states, Parity::odd, sweep);
            else
                mean_half_sweep(field, states, states, Parity::odd);
        }
        if (policy_.statistics == Statistics::means)
            mean_half_sweep(field, states, states, Parity::even, Layers::hidden);
    }

    ContrastiveDivergence policy_;
    States<T, depth> states_;
};

} // namespace boltz
