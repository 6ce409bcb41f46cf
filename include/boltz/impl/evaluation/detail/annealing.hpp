// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/detail/annealing.hpp>

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ladder.hpp>
#include <boltz/evaluation/annealing/log_partition.hpp>
#include <boltz/evaluation/detail/annealed_chains.hpp>
#include <boltz/evaluation/detail/independent_layers.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/tempered.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE LayerSet annealing_sums(LayerGraph const& graph, LayerSet observed) {
    double lowest = 0;
    return independent_layers(
        graph, observed,
        [&](LayerSet set) {
            double units = 0;
            for (std::size_t l = 0; l < graph.layers(); ++l) units += set[l] ? static_cast<double>(graph.size(l)) : 0;
            return -units;
        },
        lowest);
}

template <std::floating_point T>
void place(Annealing<T> const& annealing, std::size_t first, LayerSet layers, StatesView<T> out) {
    for (std::size_t l = 0; l < out.layers(); ++l)
        for (std::size_t i = 0; layers[l] && i < out.rows(); ++i)
            copy(annealing.given[l].row_range((first + i) / annealing.chains, 1), out[l].row_range(i, 1));
}

template <std::floating_point T>
std::vector<double> anneal_up(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,
                              Annealing<T> const& annealing, Draws const& draws, Executor& executor) {
    std::vector<double> log_weights(
        product_of("annealing", {{annealing.cases, "cases"}, {annealing.chains, "chains"}}), 0.0);
    Ladder const& ladder = annealing.ladder;
    executor.for_each_block(log_weights.size(), [&](std::size_t first, std::size_t count) {
        AnnealedChains<T> chains{field, base, annealing.observed, annealing.summed, count};
        std::span const out{log_weights.data() + first, count};
        Draws const own = draws.from_row(first);
        place(annealing, first, annealing.observed, chains.states());
        chains.condition();
        chains.add_base_sum(out);
        chains.draw_from_base(own.stream(0));
        for (std::size_t k = 0; k < ladder.steps(); ++k) {
            if (k > 0) chains.move(ladder[k], Order::up, own.stream(k));
            chains.add_difference(ladder[k], ladder[k + 1], out);
        }
    });
    return log_weights;
}

template <std::floating_point T>
std::vector<double> anneal_down(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,
                                Annealing<T> const& annealing, Draws const& draws, Executor& executor) {
    std::vector<double> log_weights(
        product_of("annealing", {{annealing.cases, "cases"}, {annealing.chains, "chains"}}), 0.0);
    Ladder const& ladder = annealing.ladder;
    executor.for_each_block(log_weights.size(), [&](std::size_t first, std::size_t count) {
        AnnealedChains<T> chains{field, base, annealing.observed, annealing.summed, count};
        std::span const out{log_weights.data() + first, count};
        Draws const own = draws.from_row(first);
        place(annealing, first, ~annealing.summed, chains.states());
        chains.condition();
        chains.update_inputs();
        for (std::size_t k = ladder.steps(); k > 0; --k) {
            chains.move(ladder[k], Order::down, own.stream(k));
            chains.add_difference(ladder[k], ladder[k - 1], out);
        }
        for (double& w : out) w = -w;
        if (!base.has_weights()) chains.add_base_sum(out);
    });
    return log_weights;
}

template <std::floating_point T>
void check_annealing(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base, Compute const& compute,
                     char const* function) {
    for (std::size_t l = 0; l < field.layers(); ++l) {
        field.unit(l).check_size(field.sizes()[l]);
        if (compute.precision == Precision::bfloat16 && !field.unit(l).countable())
            fail<ValueError>(function, ": precision is bfloat16, but the states of layer ", l,
                             " are real numbers, which it would round");
    }
    check_bounded_energy(field, function);
    static_cast<void>(Tempered<T>{field, base, 0}); // compares the sizes
}

template <std::floating_point T>
void describe(LogPartition& result, Ladder const& ladder, AnyField<T> const& field,
              std::type_identity_t<PathBase<T>> base) {
    result.temperatures = ladder.steps();
    result.rounding = 8 * std::numeric_limits<T>::epsilon() * std::max(1.0, std::abs(result.log_z));
    result.standard_error = std::hypot(result.standard_error, result.rounding);
    result.base = base.name();
    result.products = field.description();
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template void place<T>(Annealing<T> const& annealing, std::size_t first, LayerSet layers, StatesView<T> out);    \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template std::vector<double> anneal_up<T>(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,      \
                                              Annealing<T> const& annealing, Draws const& draws,                     \
                                              Executor& executor);                                                   \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template std::vector<double> anneal_down<T>(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,    \
                                                Annealing<T> const& annealing, Draws const& draws,                   \
                                                Executor& executor);                                                 \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void check_annealing<T>(AnyField<T> const& field, std::type_identity_t<PathBase<T>> base,               \
                                     Compute const& compute, char const* function);                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void describe<T>(LogPartition & result, Ladder const& ladder, AnyField<T> const& field,                 \
                              std::type_identity_t<PathBase<T>> base);                                               \
    }
#include <boltz/detail/instantiate.hpp>
