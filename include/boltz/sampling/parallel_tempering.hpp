// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Learning with parallel tempering.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/sampling/persistent_chains.hpp>
#include <boltz/sampling/tempered_chains.hpp>
#include <boltz/schedule.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace boltz {

/// Persistent chains that mix by parallel tempering: `TemperedChains` that go on from update to update, of which
/// those at beta = 1 give the statistics (Desjardins, Courville, Bengio, Vincent & Delalleau 2010; Cho, Raiko & Ilin
/// 2010).
///
/// On a ladder that stands still a step leaves the distribution of the model as it is. The ladder adapts while the
/// model learns, from the acceptances of the chains themselves, and so long as it moves this holds only in the limit:
/// adaptation must die out (Roberts & Rosenthal 2007), as the default's 1 / t does; a rate of 0 never moves it.
/// Costs about as much as `PersistentCD` with chains * temperatures chains. Needs layers of two colours, as
/// `TemperedChains`. Not for pretraining with doubled inputs: a field seen through unequal factors has no energy by
/// which states could be swapped.
struct ParallelTempering {
    /// See `concepts::SwapsByEnergy`: a pretraining with doubled inputs does not compile.
    static constexpr bool swaps_by_energy = true;

    /// Where tempering begins, beta = 0.
    enum class Base {
        uniform, ///< no biases: at beta all biases and weights are multiplied by beta
        own      ///< the model's own biases: only the weights are multiplied by beta
    };
    using Start = PersistentStart;

    std::size_t chains = 100;      ///< chains at each temperature
    std::size_t temperatures = 10; ///< from beta = 1 down to `lowest`
    double lowest = 0;             ///< the lowest inverse temperature
    Base base = Base::uniform;     ///< the distribution at beta = 0
    Schedule sweeps = 1;           ///< sweeps with swaps an update, rounded to a whole number of at least 1
    Schedule adaptation =
        Schedule::inverse_time(0.1, 1000, Schedule::Time::update); ///< rate at which the ladder moves
    Start start = Start::data;                                     ///< where the chains begin
    Statistics statistics = Statistics::mixed;                     ///< what the negative statistics are made of

    template <std::floating_point T>
    class Session;

    /// @throws ValueError if `chains` is 0, there are fewer than 2 temperatures, `lowest` does not lie in [0, 1), or
    /// the layers have more than two colours.
    template <std::floating_point T>
    [[nodiscard]] Session<T> bind(AnyField<T> const& field) const;
};

/// The chains at all temperatures and their ladder.
template <std::floating_point T>
class ParallelTempering::Session final : public NegativePhaseSession<T> {
  public:
    Session(ParallelTempering const& policy, AnyField<T> const& field);

    Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet, Draws const& draws,
                           Clock const& clock, Executor& executor) override;

    /// The inverse temperatures and how often neighbours swap.
    [[nodiscard]] TemperatureLadder const& ladder() const noexcept { return chains_.ladder(); }
    /// How many times a state has gone from the lowest temperature to beta = 1, over all chains, since the session
    /// was bound: negative statistics whose states never do come from where the chains began.
    [[nodiscard]] std::size_t round_trips() const { return chains_.round_trips(); }
    /// The states at beta = 1, for pictures and diagnostics.
    [[nodiscard]] StatesView<T> chains() noexcept { return chains_.target_states(); }

    void archive(Archive& archive) override;

  private:
    ParallelTempering policy_;
    TemperedChains<T> chains_;
    BaseBiases<T> own_;
    BaseBiases<T> uniform_;
    Phase<T> phase_;
    std::uint64_t started_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/parallel_tempering.hpp>
#endif
