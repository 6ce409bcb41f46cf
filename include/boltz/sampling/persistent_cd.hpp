// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Persistent contrastive divergence.

#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/draw_from_biases.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace boltz {

/// Persistent contrastive divergence, also called stochastic maximum likelihood: chains that go on from update to
/// update (Younes 1989; Tieleman 2008). `chains` need not be the batch size.
///
/// Each update runs `steps` sweeps, odd layers then even ones. With the rate going to 0 its statistics are those of
/// the model.
struct PersistentCD {
    /// Where the chains begin.
    enum class Start {
        data,  ///< at draws from units whose means are the cases of the first batch and their posterior, in turn
        random ///< at independent draws from the units' biases
    };

    std::size_t chains = 100;                  ///< independent chains
    Schedule steps = 1;                        ///< sweeps an update, rounded to a whole number of at least 1
    Start start = Start::data;                 ///< where the chains begin
    Statistics statistics = Statistics::mixed; ///< what the negative statistics are made of

    template <Field F>
    class Session;

    /// @throws ValueError if `chains` is 0.
    template <Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        if (chains == 0) detail::fail<ValueError>("PersistentCD: chains is 0, but must be at least 1");
        return Session<F>{*this, field};
    }
};

/// The chains, and the buffers of their statistics.
template <Field F>
class PersistentCD::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(PersistentCD const& policy, F const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()}, means_{policy.chains, field.sizes()} {}

    Phase<T, depth> sample(F const& field, StateBlocks<T, depth> const& posterior, Draws const& draws,
                           Clock const& clock, Executor& executor) {
        if (started_ == 0) begin(field, posterior, draws.stream(0));
        auto const sweeps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.steps(clock))));
        auto const chains = chains_.blocks();
        auto const means = means_.blocks();

        Phase<T, depth> phase;
        for (std::size_t l = 0; l < depth; ++l) {
            bool const even = l % 2 == 0;
            bool const mean =
                even ? policy_.statistics != Statistics::samples : policy_.statistics == Statistics::means;
            phase.states[l] = mean ? means[l] : chains[l];
            phase.moments[l] = mean ? Moment::mean : Moment::state;
        }
        executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
            auto const states = row_range(chains, first, count);
            auto const means_here = row_range(means, first, count);
            for (std::size_t k = 1; k <= sweeps; ++k) {
                Draws const sweep = draws.stream(k).from_row(first);
                gibbs_half_sweep(field, states, Parity::odd, sweep);
                if (k < sweeps || policy_.statistics == Statistics::samples)
                    gibbs_half_sweep(field, states, Parity::even, sweep);
                else
                    gibbs_half_sweep_with_means(field, states, means_here, Parity::even, sweep);
            }
            if (policy_.statistics == Statistics::means) mean_half_sweep(field, means_here, means_here, Parity::odd);
        });
        return phase;
    }

    /// The chains' states, for pictures and diagnostics.
    [[nodiscard]] States<T, depth> const& chains() const noexcept { return chains_; }

    template <class Archive>
    void archive(Archive& archive) {
        archive("started", started_);
        archive.nested("chains", chains_);
    }

  private:
    // Only the even layers matter: the first half-sweep draws the odd ones from them.
    void begin(F const& field, StateBlocks<T, depth> const& posterior, Draws const& draws) {
        auto const chains = chains_.blocks();
        if (policy_.start == Start::random) {
            draw_from_biases(field, chains, draws);
        } else {
            std::size_t const rows = posterior[0].rows;
            if (rows == 0) detail::fail<ValueError>("PersistentCD: posterior has 0 rows, but chains begin at cases");
            detail::check_states(field, posterior, detail::all_layers<depth>(), "PersistentCD");
            for (std::size_t first = 0; first < policy_.chains; first += rows) {
                std::size_t const count = std::min(rows, policy_.chains - first);
                auto const block = row_range(chains, first, count);
                draw_posterior(field, row_range(posterior, 0, count), block, Parity::even, draws.from_row(first));
            }
        }
        started_ = 1;
    }

    PersistentCD policy_;
    States<T, depth> chains_;
    States<T, depth> means_;
    std::uint64_t started_ = 0;
};

} // namespace boltz
