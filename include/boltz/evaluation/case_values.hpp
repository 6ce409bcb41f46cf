// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A number for each case of some data.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/executor.hpp>
#include <boltz/states.hpp>

#include <cstddef>
#include <cstdint>
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

/// Whether the units of all layers with data have states that can be listed.
template <Field F, class Data>
constexpr bool listable_cases() {
    bool result = true;
    auto const observed = decltype(as_training_data(std::declval<Data const&>()))::template observed<F::depth>();
    for_each_index<F::depth>([&](auto l) { result = result && (!observed[l] || CountsStates<UnitOf<F, l>>); });
    return result;
}

/// A number for each case that equal ones share, 0 for those that are no states; empty where none can be listed.
///
/// As `case_values`, with the same draws.
template <Field F, class Data>
std::vector<std::uint64_t> case_codes(F const& field, Data const& data, Compute const& compute, Draws const& draws,
                                      char const* function) {
    using T = typename F::value_type;
    std::vector<std::uint64_t> codes;
    if constexpr (listable_cases<F, Data>()) {
        auto const observed = decltype(as_training_data(data))::template observed<F::depth>();
        codes.resize(as_training_data(data).rows());
        case_values(field, data, compute, draws, function, [&](auto const& states, std::size_t first, auto) {
            for (std::size_t i = 0; i < states[0].rows; ++i) {
                std::uint64_t code = 0;
                bool listed = true;
                for (std::size_t l = 0; l < F::depth; ++l) {
                    if (!observed[l]) continue;
                    std::span<T const> const row = states[l].row(i);
                    listed = listed && whole_numbers(row);
                    code = row_code(row, code + l + 1);
                }
                codes[first + i] = !listed ? 0 : code == 0 ? 1 : code;
            }
        });
    }
    return codes;
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
