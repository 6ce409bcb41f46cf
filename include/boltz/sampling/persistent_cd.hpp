// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Persistent contrastive divergence.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/sampling/persistent_chains.hpp>
#include <boltz/schedule.hpp>

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
    [[nodiscard]] Session<T> bind(AnyField<T> const& field) const;
};

/// The chains, and the buffers of their statistics.
template <std::floating_point T>
class PersistentCD::Session final : public NegativePhaseSession<T> {
  public:
    Session(PersistentCD const& policy, AnyField<T> const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes()}, means_{policy.chains, field.sizes()} {}

    Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet, Draws const& draws,
                           Clock const& clock, Executor& executor) override;

    /// The chains' states, for pictures and diagnostics.
    [[nodiscard]] States<T> const& chains() const noexcept { return chains_; }

    void archive(Archive& archive) override;

  private:
    // In the last sweep of an update the means are kept that its statistics are made of.
    void sweep(AnyField<T> const& field, StatesView<T> states, StatesView<T> means, bool last,
               Draws const& draws) const;

    PersistentCD policy_;
    States<T> chains_;
    States<T> means_;
    Phase<T> phase_;
    std::uint64_t started_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/persistent_cd.hpp>
#endif
