// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Learning with parallel tempering.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/sampling/persistent_chains.hpp>
#include <boltz/sampling/tempered_chains.hpp>
#include <boltz/schedule.hpp>

#include <algorithm>
#include <cmath>
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
/// Costs about as much as `PersistentCD` with chains * temperatures chains. Not for pretraining with doubled inputs:
/// a field seen through unequal factors has no energy by which states could be swapped.
struct ParallelTempering {
    /// Without one there is nothing to swap by; a pretraining with doubled inputs does not compile.
    static constexpr bool needs_energy = true;

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
    Schedule steps = 1;            ///< steps an update, rounded to a whole number of at least 1
    Schedule adaptation =
        Schedule::inverse_time(0.1, 1000, Schedule::Time::update); ///< rate at which the ladder moves
    Start start = Start::data;                                     ///< where the chains begin
    Statistics statistics = Statistics::mixed;                     ///< what the negative statistics are made of

    template <concepts::Field F>
    class Session;

    /// @throws ValueError if `chains` is 0, there are fewer than 2 temperatures, or `lowest` does not lie in [0, 1).
    template <concepts::Field F>
    [[nodiscard]] Session<F> bind(F const& field) const {
        return Session<F>{*this, field};
    }
};

/// The chains at all temperatures and their ladder.
template <concepts::Field F>
class ParallelTempering::Session {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;

  public:
    Session(ParallelTempering const& policy, F const& field)
        : policy_{policy}, chains_{policy.chains, field.sizes(),
                                   TemperatureLadder{policy.temperatures, policy.lowest}},
          own_{uniform_base(field)}, uniform_{own_} {}

    Phase<T, depth> sample(F const& field, StateBlocks<T, depth> const& posterior, Draws const& draws,
                           Clock const& clock, Executor& executor) {
        if (started_ == 0)
            detail::begin_chains(field, policy_.start, posterior, chains_.states(), draws.stream(0),
                                 "ParallelTempering");
        started_ = 1;
        auto const rounds = static_cast<std::size_t>(std::max(1.0, std::round(policy_.steps(clock))));
        detail::for_each_index<depth>([&](auto l) {
            Block<T> const row{own_.biases[l].data(), 1, own_.biases[l].size(), own_.biases[l].size()};
            field.template input<l>({}, row, {.below = 0, .above = 0});
        });
        auto const& beginning = policy_.base == Base::own ? own_ : uniform_;
        for (std::size_t k = 1; k <= rounds; ++k) {
            chains_.step(field, own_, beginning, draws.stream(k), executor);
            chains_.ladder().adapt(policy_.adaptation(clock));
        }
        auto const means = chains_.target_means();
        auto const phase = detail::chain_phase(chains_.target_states(), means, policy_.statistics);
        if (policy_.statistics == Statistics::means)
            executor.for_each_block(policy_.chains, [&](std::size_t first, std::size_t count) {
                auto const block = row_range(means, first, count);
                mean_half_sweep(field, block, block, Parity::odd);
            });
        return phase;
    }

    /// The inverse temperatures and how often neighbours swap.
    [[nodiscard]] TemperatureLadder const& ladder() const noexcept { return chains_.ladder(); }
    /// How many times a state has gone from the lowest temperature to beta = 1, over all chains, since the session
    /// was bound: negative statistics whose states never do come from where the chains began.
    [[nodiscard]] std::size_t round_trips() const { return chains_.round_trips(); }
    /// The states at beta = 1, for pictures and diagnostics.
    [[nodiscard]] StateBlocks<T, depth> chains() noexcept { return chains_.target_states(); }

    template <class Archive>
    void archive(Archive& archive) {
        archive("started", started_);
        archive.nested("chains", chains_);
    }

  private:
    ParallelTempering policy_;
    TemperedChains<T, depth> chains_;
    BaseBiases<T, depth> own_;
    BaseBiases<T, depth> uniform_;
    std::uint64_t started_ = 0;
};

} // namespace boltz
