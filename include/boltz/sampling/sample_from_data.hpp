// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gibbs chains that begin at data.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/given.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/sampling/sample_given.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <xtensor/xbuilder.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

/// Samples from a model by Gibbs chains that begin at cases of data, spread evenly over it, where `sample` begins at
/// draws from the biases.
///
/// Layer 0 begins at the cases, binary units at draws from grey values, and the hidden layers at `clamped_sweeps`
/// sweeps given them; then all layers run free, as `options` say. A model with modes that chains do not cross looks
/// different from the two starts: chains from the biases may end where the model was never trained and has little of
/// its mass. What was learned is seen from here. Returns the states of all layers as `sample` does; allocates.
/// @throws ShapeError if the data has another number of columns than layer 0 has units; ValueError if it is empty, a
/// value in it is impossible for its unit, or as `sample`.
template <concepts::Field F, concepts::DataSource Data>
[[nodiscard]] States<typename F::value_type, F::depth> sample_from_data(F const& field, Data const& data,
                                                                        SampleOptions const& options, Random& random,
                                                                        std::size_t clamped_sweeps = 50) {
    using T = typename F::value_type;
    detail::check_sampling(field, options);
    std::size_t const columns = field.sizes()[0];
    if (data.columns() != columns)
        detail::fail<ShapeError>("sample_from_data: data has ", data.columns(), " columns, but layer 0 has ", columns,
                                 " units");
    if (data.rows() == 0) detail::fail<ValueError>("sample_from_data: data has 0 cases, but chains begin at them");
    std::vector<std::size_t> cases(options.count);
    for (std::size_t i = 0; i < cases.size(); ++i) cases[i] = i * data.rows() / cases.size();
    Matrix<T> visible = xt::zeros<T>({cases.size(), columns});
    Random advanced = random;
    Draws const draws = advanced.split();
    Block<T> const begin{visible};
    data.load(std::span<std::size_t const>{cases}, begin, draws.stream(0));
    if constexpr (std::is_same_v<typename std::remove_cvref_t<decltype(field.template layer<0>())>::unit_type,
                                 Bernoulli>) {
        std::uint64_t const key = draws.stream(1).key();
        for (std::size_t i = 0; i < begin.rows; ++i) {
            T* const row = begin.row(i).data();
            for (std::size_t j = 0; j < columns; ++j)
                if (!(row[j] >= 0 && row[j] <= 1))
                    detail::fail<ValueError>("sample_from_data: case ", cases[i], " of data holds ", row[j],
                                             " in column ", j, ", but binary units are 0 or 1, and means between");
            detail::draw_bernoulli(row, row, key, i, 0, columns);
        }
    }
    Given given{field, cases.size()};
    given.clamp(0, begin);
    auto const start = sample_given(field, given, {.sweeps = clamped_sweeps, .compute = options.compute}, advanced);
    auto samples = sample(field, start.states, options, advanced);
    random = advanced;
    return samples;
}

} // namespace boltz
