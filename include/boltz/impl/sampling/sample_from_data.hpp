// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/sample_from_data.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/given.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
States<T> sample_from_data(AnyField<T> const& field, AnySource<T> const& data, SampleOptions const& options,
                           Random& random, std::size_t clamped_sweeps) {
    check_sampling(field, options);
    std::size_t const columns = field.sizes()[0];
    if (data.columns() != columns)
        fail<ShapeError>("sample_from_data: data has ", data.columns(), " columns, but layer 0 has ", columns,
                         " units");
    if (data.rows() == 0) fail<ValueError>("sample_from_data: data has 0 cases, but chains begin at them");
    std::vector<std::size_t> cases(options.chains);
    for (std::size_t i = 0; i < cases.size(); ++i) cases[i] = i * data.rows() / cases.size();
    Matrix<T> visible = zero_matrix<T>(cases.size(), columns);
    Random advanced = random;
    Draws const draws = advanced.split();
    Block<T> const begin{visible};
    data.load(std::span<std::size_t const>{cases}, begin, draws.stream(0));
    AnyUnit<T> const& unit = field.unit(0);
    for (std::size_t i = 0; i < begin.rows; ++i) {
        Block<T> const row = begin.row_range(i, 1);
        unit.validate(row, "sample_from_data: data", cases[i]);
        if (unit.draws_from_mean() && unit.lies_between_states(begin.row(i)))
            unit.draw(row, row, draws.stream(1).from_row(i));
    }
    Given<T> given{field, cases.size()};
    given.clamp(0, begin);
    auto const start = sample_given(field, given, {.sweeps = clamped_sweeps, .compute = options.compute}, advanced);
    auto samples = sample(field, start.states, options, advanced);
    random = advanced;
    return samples;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template States<T> sample_from_data<T>(AnyField<T> const& field, AnySource<T> const& data,                       \
                                           SampleOptions const& options, Random& random,                             \
                                           std::size_t clamped_sweeps);                                              \
    }
#include <boltz/detail/instantiate.hpp>
