// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/exact/exact_samples.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/exact/enumeration.hpp>
#include <boltz/executor.hpp>
#include <boltz/random.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
std::vector<std::size_t> drawn_configurations(Enumeration<T> const& enumeration, std::size_t count,
                                              Draws const& draws, Executor& executor) {
    struct Wanted {
        double position; // within the portion, relative to the whole
        std::size_t sample;
    };
    auto const sums = enumeration.portion_sums({}, 1, executor);
    RunningLogSum whole;
    for (auto const& sum : sums) whole.add(sum[0]);
    double const log_whole = whole.log();
    std::vector<double> ends(sums.size()); // of each portion, in probability
    double passed = 0;
    for (std::size_t p = 0; p < sums.size(); ++p) ends[p] = passed += std::exp(sums[p][0].log() - log_whole);

    std::vector<std::vector<Wanted>> wanted(sums.size());
    for (std::size_t i = 0; i < count; ++i) {
        double position = 0;
        draws.uniform(i, 0, std::span{&position, 1});
        position *= passed; // which rounding may have kept from 1
        auto const portion = std::upper_bound(ends.begin(), ends.end() - 1, position) - ends.begin();
        wanted[static_cast<std::size_t>(portion)].push_back(
            {position - (portion > 0 ? ends[static_cast<std::size_t>(portion - 1)] : 0), i});
    }

    std::vector<std::size_t> result(count);
    executor.for_each_block(wanted.size(), 1, [&](std::size_t p, std::size_t) {
        auto& here = wanted[p];
        if (here.empty()) return;
        std::sort(here.begin(), here.end(), [](Wanted const& a, Wanted const& b) { return a.position < b.position; });
        std::size_t index = p * enumeration.portion();
        std::size_t const last = std::min(index + enumeration.portion(), enumeration.states());
        std::size_t next = 0;
        std::size_t possible = index; // the last configuration with a probability
        double cumulative = 0;
        enumeration.for_range({}, index, last - index, [&](auto, auto, std::span<double const> log_weights) {
            for (double const w : log_weights) {
                double const probability = std::exp(w - log_whole);
                if (probability > 0) possible = index;
                cumulative += probability;
                for (; next < here.size() && here[next].position < cumulative; ++next)
                    result[here[next].sample] = index;
                ++index;
            }
        });
        for (; next < here.size(); ++next) result[here[next].sample] = possible;
    });
    return result;
}

} // namespace detail

template <std::floating_point T>
States<T> exact_samples(AnyField<T> const& field, std::size_t count, Random& random, ExactOptions const& options) {
    if (count == 0) detail::fail<ValueError>("exact_samples: count is 0, but must be at least 1");
    static_cast<void>(detail::rows_of_states("exact_samples", {count, "count"}, {1, "read"}, field.sizes()));
    Executor executor{options.compute};
    detail::Enumeration<T> const enumeration{field, {}, options, "exact_samples"};
    Draws const draws = random.split();
    auto const chosen = detail::drawn_configurations(enumeration, count, draws.stream(0), executor);
    States<T> result{count, field.sizes()};
    StatesView<T> const all = result.blocks();
    executor.for_each_block(count, [&](std::size_t first, std::size_t rows) {
        StatesView<T> const states = all.row_range(first, rows);
        for (std::size_t i = 0; i < rows; ++i) enumeration.write({}, 0, chosen[first + i], states, i);
        for (std::size_t l = 0; l < field.layers(); ++l) {
            if (!enumeration.summed()[l]) continue;
            field.input(l, states, states[l]);
            field.unit(l).sample(states[l], draws.stream(1).stream(l).from_row(first));
        }
    });
    return result;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template std::vector<std::size_t> drawn_configurations<T>(Enumeration<T> const& enumeration, std::size_t count,  \
                                                              Draws const& draws, Executor& executor);               \
    }                                                                                                                \
    template States<T> exact_samples<T>(AnyField<T> const& field, std::size_t count, Random& random,                 \
                                        ExactOptions const& options);
#include <boltz/detail/instantiate.hpp>
