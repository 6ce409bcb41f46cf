// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains that begin at data.

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
[[nodiscard]] States<T> sample_from_data(AnyField<T> const& field, AnySource<T> const& data,
                                         SampleOptions const& options, Random& random, std::size_t clamped_sweeps) {
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

/// Samples from a model by Gibbs chains that begin at cases of data, spread evenly over it, where `sample` begins at
/// draws from the biases.
///
/// Layer 0 begins at the cases, and at draws from means where a case holds some (grey values of binary units), and
/// the hidden layers at `clamped_sweeps` sweeps given them; then all layers run free, as `options` say. A model with
/// modes that chains do not cross looks different from the two starts: chains from the biases may end where the model
/// was never trained and has little of its mass. What was learned is seen from here. Returns the states of all layers
/// as `sample` does; allocates.
/// @throws ShapeError if the data has another number of columns than layer 0 has units; ValueError if it is empty, a
/// value in it is impossible for its unit, or as `sample`.
template <std::floating_point T, concepts::DataSource Data>
[[nodiscard]] States<T> sample_from_data(AnyField<T> const& field, Data const& data, SampleOptions const& options,
                                         Random& random, std::size_t clamped_sweeps = 50) {
    return detail::sample_from_data<T>(field, detail::SourceAdapter<Data const&, T>{data}, options, random,
                                       clamped_sweeps);
}

} // namespace boltz
