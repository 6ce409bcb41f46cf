// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Persistent contrastive divergence.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/sampling/persistent_chains.hpp>
#include <boltz/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace boltz {

/// Persistent contrastive divergence, also called stochastic maximum likelihood: chains that go on from update to
/// update (Younes 1989; Tieleman 2008). `chains` need not be the batch size.
///
/// Each update runs `sweeps` sweeps, from the highest colour down to colour 0; in an RBM or DBM odd layers, then even
/// ones. With the rate going to 0 its statistics are those of the model.
struct PersistentCD {
    using Start = PersistentStart;

    std::size_t chains = 100;                  ///< independent chains
    Schedule sweeps = 1;                       ///< sweeps an update, rounded to a whole number of at least 1
    Start start = Start::data;                 ///< where the chains begin
    Statistics statistics = Statistics::mixed; ///< what the negative statistics are made of

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if `chains` is 0.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyField<T> const& field) const {
        if (chains == 0) detail::fail<ValueError>("PersistentCD: chains is 0, but must be at least 1");
        return Session<T>{*this, field};
    }
};

/// The chains, and the buffers of their statistics.
template <std::floating_point T>
class PersistentCD::Session final : public NegativePhaseSession<T> {
  public:
    Session(PersistentCD const& policy, AnyField<T> const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()}, means_{policy.chains, field.sizes()} {}

    Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet, Draws const& draws,
                           Clock const& clock, Executor& executor) override {
        auto const chains = chains_.blocks();
        auto const means = means_.blocks();
        if (started_ == 0)
            detail::begin_chains(field, policy_.start, posterior, chains, draws.stream(0), "PersistentCD");
        started_ = 1;
        auto const sweeps = static_cast<std::size_t>(std::max(1.0, std::round(policy_.sweeps(clock))));
        detail::refer_to_chains(field.graph(), chains, means, policy_.statistics, phase_);
        executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
            for (std::size_t k = 1; k <= sweeps; ++k)
                sweep(field, chains.row_range(first, count), means.row_range(first, count), k == sweeps,
                      draws.stream(k).from_row(first));
            if (policy_.statistics == Statistics::means)
                detail::replace_by_means(field, means.row_range(first, count));
        });
        return phase_;
    }

    /// The chains' states, for pictures and diagnostics.
    [[nodiscard]] States<T> const& chains() const noexcept { return chains_; }

    void archive(Archive& archive) override {
        archive("started", started_);
        archive.nested("chains", chains_);
    }

  private:
    // In the last sweep of an update the means are kept that its statistics are made of.
    void sweep(AnyField<T> const& field, StatesView<T> states, StatesView<T> means, bool last,
               Draws const& draws) const {
        std::size_t const colours = field.graph().colours();
        for (std::size_t colour = colours; colour-- > 0;) {
            bool const kept = colour == 0 ? policy_.statistics != Statistics::samples
                                          : policy_.statistics == Statistics::means && colours > 2;
            if (last && kept)
                gibbs_update_with_means(field, states, means, colour, draws);
            else
                gibbs_update(field, states, colour, draws);
        }
    }

    PersistentCD policy_;
    States<T> chains_;
    States<T> means_;
    Phase<T> phase_;
    std::uint64_t started_ = 0;
};

} // namespace boltz
