// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A number for each case of some data.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/executor.hpp>
#include <boltz/states.hpp>

#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace boltz::detail {

/// Loads all cases, a block of rows a worker, and has `use(states, first case, out)` write a number for each.
///
/// Pixels that are drawn at each presentation are those of `infer_portions` with the same draws. `use` is called by
/// several threads at once; the blocks of layers without data hold zeros and may be written.
/// @throws ShapeError or ValueError if the data does not fit the field.
template <Field F, class Data, class Use>
std::vector<double> case_values(F const& field, Data const& data, Compute const& compute, Draws const& draws,
                                char const* function, Use&& use) {
    auto const cases = as_training_data(data);
    cases.check(field, function, draws);
    Executor executor{compute};
    std::vector<double> values(cases.rows());
    executor.for_each_block(values.size(), [&](std::size_t first, std::size_t count) {
        States<typename F::value_type, F::depth> states{count, field.sizes()};
        auto const blocks = states.blocks();
        std::vector<std::size_t> indices(count);
        std::iota(indices.begin(), indices.end(), first);
        cases.load(std::span<std::size_t const>{indices}, blocks, draws.from_row(first));
        use(blocks, first, std::span{values}.subspan(first, count));
    });
    return values;
}

/// Whether data lies on the visible layer and on no other.
template <class Data, std::size_t Depth>
constexpr bool visible_only() {
    auto observed = decltype(as_training_data(std::declval<Data const&>()))::template observed<Depth>();
    for (std::size_t l = 0; l < Depth; ++l)
        if (observed[l] != (l == 0)) return false;
    return true;
}

} // namespace boltz::detail
