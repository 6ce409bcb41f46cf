// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/annealing/adaptive_ladder.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/detail/annealed_chains.hpp>
#include <boltz/evaluation/detail/annealing.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/base_biases.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE void AdaptiveLadder::validate() const {
    if (!(effective_share > 0 && effective_share < 1))
        detail::fail<ValueError>("AdaptiveLadder: effective_share is ", effective_share,
                                 ", but must lie between 0 and 1");
    if (chains < 2) detail::fail<ValueError>("AdaptiveLadder: chains is ", chains, ", but must be at least 2");
    if (max_steps == 0) detail::fail<ValueError>("AdaptiveLadder: max_steps is 0, but must be at least 1");
    compute.validate();
}

namespace detail {

BOLTZ_INLINE double longest_step(double here, double guess, double wanted, FunctionRef<double(double)> share) {
    double low = here;
    double high = std::min(1.0, here + guess);
    while (share(high) >= wanted) {
        if (high >= 1) return 1;
        low = high;
        high = std::min(1.0, here + 2 * (high - here));
    }
    // The first of two neighbouring numbers is no step at all.
    while (high - low > 0.01 * (low - here) || low == here) {
        double const middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) return high;
        (share(middle) >= wanted ? low : high) = middle;
    }
    return low;
}

} // namespace detail

template <std::floating_point T>
Ladder adapted_ladder(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,
                      AdaptiveLadder const& options, Random& random) {
    options.validate();
    detail::check_annealing(field, base, options.compute, "adapted_ladder");
    detail::PreparedForCall<T> const prepared{field, options.compute};
    Executor executor{options.compute};
    Draws const draws = random.split();

    struct Portion {
        std::size_t first;
        detail::AnnealedChains<T> chains;
    };
    std::vector<Portion> portions;
    for (std::size_t first = 0; first < options.chains; first += options.compute.block_rows) {
        std::size_t const rows = std::min(options.compute.block_rows, options.chains - first);
        portions.push_back({first, {*prepared, base, {}, detail::annealing_sums(field.graph(), {}), rows}});
    }
    auto const each = [&](detail::FunctionRef<void(std::size_t, detail::AnnealedChains<T>&)> work) {
        executor.for_each_block(portions.size(), 1,
                                [&](std::size_t p, std::size_t) { work(portions[p].first, portions[p].chains); });
    };
    each([&](std::size_t first, detail::AnnealedChains<T>& chains) {
        chains.condition();
        chains.draw_from_base(draws.stream(0).from_row(first));
    });

    std::vector<double> log_weights(options.chains);
    std::vector<double> betas(1, 0.0);
    double step = 1;
    while (betas.back() < 1) {
        double const here = betas.back();
        if (betas.size() > options.max_steps)
            detail::fail<ValueError>("adapted_ladder: ", options.max_steps, " steps led to beta = ", here,
                                     ", but max_steps is ", options.max_steps,
                                     "; take a smaller effective_share or a nearer base");
        double const there = detail::longest_step(here, 2 * step, options.effective_share, [&](double end) {
            std::fill(log_weights.begin(), log_weights.end(), 0.0);
            each([&](std::size_t first, detail::AnnealedChains<T>& chains) {
                chains.add_difference(here, end, std::span{log_weights}.subspan(first, chains.rows()));
            });
            return detail::effective_share(log_weights);
        });
        betas.push_back(there);
        step = there - here;
        if (there < 1)
            each([&](std::size_t first, detail::AnnealedChains<T>& chains) {
                chains.move(there, detail::Order::up, draws.stream(betas.size()).from_row(first));
            });
    }
    return Ladder::of(std::move(betas), "adapted");
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template Ladder adapted_ladder<T>(AnyField<T> const& field, std::type_identity_t<BaseBiases<T>> const& base,     \
                                      AdaptiveLadder const& options, Random& random);
#include <boltz/detail/instantiate.hpp>
