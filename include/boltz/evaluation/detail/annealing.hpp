// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Log-weights of chains that run from a base to a model, or back.

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

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz::detail {

/// The layers that annealing sums out: of those that it may, the set with most units, since what is summed adds no
/// variance.
[[nodiscard]] inline LayerSet annealing_sums(LayerGraph const& graph, LayerSet observed) {
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

/// What the chains of an annealing have in common.
template <std::floating_point T>
struct Annealing {
    Ladder const& ladder;
    LayerSet observed{};         ///< layers whose states are given, one row a case
    LayerSet summed{};           ///< layers that are summed out
    StatesView<T const> given{}; ///< a row a case: observed layers, and where chains that run down begin
    std::size_t cases = 1;
    std::size_t chains = 1; ///< chains of each case; those of case c are rows c * chains and on
};

/// Writes what chains `first` and on are given of some layers.
template <std::floating_point T>
void place(Annealing<T> const& annealing, std::size_t first, LayerSet layers, StatesView<T> out) {
    for (std::size_t l = 0; l < out.layers(); ++l)
        for (std::size_t i = 0; layers[l] && i < out.rows(); ++i)
            copy(annealing.given[l].row_range((first + i) / annealing.chains, 1), out[l].row_range(i, 1));
}

/// The log-weights of chains from the base, without weights, up to the model: exp(w) has mean Z for each case.
///
/// Neal (2001), equations 3 to 11. Temperature k draws from stream k of `draws`; a block of chains runs through all
/// temperatures by itself.
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

/// The log-weights of chains from given states of the model down to the base: exp(-w) has mean 1 / Z if the states
/// are exact samples. For a base with weights Z stands for the ratio of Z to the base's.
///
/// The chains are the time reversal of those that run up, a last sweep at the model itself included, with which they
/// begin; their weights have the same sign.
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

/// Refuses what cannot be annealed: an energy without a minimum, a base that does not fit, and bfloat16 where states
/// are not counts, for it would round them on one side of a weight only.
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

/// Says of an estimate how it was made, and adds to its error what the number type of the model rounds off: about 8
/// units in the last place of log Z, so that chains of equal weights do not claim to be exact.
template <std::floating_point T>
void describe(LogPartition& result, Ladder const& ladder, AnyField<T> const& field,
              std::type_identity_t<PathBase<T>> base) {
    result.temperatures = ladder.steps();
    result.rounding = 8 * std::numeric_limits<T>::epsilon() * std::max(1.0, std::abs(result.log_z));
    result.standard_error = std::hypot(result.standard_error, result.rounding);
    result.base = base.name();
    result.products = field.description();
}

} // namespace boltz::detail
