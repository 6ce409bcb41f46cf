// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Persistent contrastive divergence.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/persistent_chains.hpp>
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
    using Start = PersistentStart;

    std::size_t chains = 100;                  ///< independent chains
    Schedule steps = 1;                        ///< sweeps an update, rounded to a whole number of at least 1
    Start start = Start::data;                 ///< where the chains begin
    Statistics statistics = Statistics::mixed; ///< what the negative statistics are made of

    template <concepts::Field F>
    class Session;

    /// @throws ValueError if `chains` is 0.
    template <concepts::Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        if (chains == 0) detail::fail<ValueError>("PersistentCD: chains is 0, but must be at least 1");
        return Session<F>{*this, field};
    }
};

/// The chains, and the buffers of their statistics.
template <concepts::Field F>
class PersistentCD::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(PersistentCD const& policy, F const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()}, means_{policy.chains, field.sizes()} {}

    Phase<T, depth> sample(F const& field, StateBlocks<T, depth> const& posterior, Draws const& draws,
                           Clock const& clock, Executor& executor) {
        if (started_ == 0)
            detail::begin_chains(field, policy_.start, posterior, chains_.blocks(), draws.stream(0), "PersistentCD");
        started_ = 1;
        auto const sweeps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.steps(clock))));
        auto const chains = chains_.blocks();
        auto const means = means_.blocks();
        auto const phase = detail::chain_phase(chains, means, policy_.statistics);
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
    PersistentCD policy_;
    States<T, depth> chains_;
    States<T, depth> means_;
    std::uint64_t started_ = 0;
};

} // namespace boltz
