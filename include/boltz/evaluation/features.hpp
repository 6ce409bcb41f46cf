// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers as features of cases.

#include <boltz/compute.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/prepared.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

/// Infers the unobserved layers of all cases, `step` rows at a time, and hands each portion to `use(first row,
/// states)`.
///
/// The memory needed does not grow with the number of cases. The order of the calls is that of the data.
/// @throws ShapeError or ValueError if the data does not fit the model; ValueError if `step` is 0.
template <concepts::Field F, class Data, class Inference, class Use>
void infer_portions(F const& field, Data const& data, Inference const& inference, Compute const& compute,
                    Draws const& draws, Use&& use, std::size_t step = 1024) {
    using T = typename F::value_type;
    if (step == 0) detail::fail<ValueError>("infer_portions: step is 0, but must be at least 1");
    auto const cases = as_training_data(data);
    cases.check(field, "infer_portions", draws);
    auto const& prepared = detail::prepared(field, compute);
    auto session = inference.bind(prepared);
    Executor executor{compute};
    States<T, F::depth> states{std::min(step, cases.rows()), field.sizes()};
    std::vector<std::size_t> indices(states.rows());
    for (std::size_t first = 0; first < cases.rows(); first += step) {
        std::size_t const count = std::min(step, cases.rows() - first);
        states.require(count, field.sizes());
        std::iota(indices.begin(), indices.end(), first);
        auto const blocks = states.blocks();
        cases.load(std::span<std::size_t const>{indices.data(), count}, blocks, draws.from_row(first));
        session.infer(prepared, blocks, decltype(cases)::template observed<F::depth>(), executor);
        use(first, blocks);
    }
}

/// The inferred means of the given layers for every case, side by side: `features<1, 2>(dbm, images, MeanField{},
/// compute)` has one row a case and as many columns as layers 1 and 2 have units.
///
/// @throws as `infer_portions`.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
    requires(sizeof...(L) >= 1 && ((L < F::depth) && ...))
[[nodiscard]] Matrix<typename F::value_type> features(F const& field, Data const& data, Inference const& inference,
                                                      Compute const& compute = {}) {
    auto const sizes = field.sizes();
    Matrix<typename F::value_type> result =
        xt::zeros<typename F::value_type>({as_training_data(data).rows(), (sizes[L] + ...)});
    infer_portions(field, data, inference, compute, Draws::from_seed(0), [&](std::size_t first, auto const& states) {
        std::size_t column = 0;
        auto const put = [&](std::size_t l) {
            copy(states[l], Block{result}.row_range(first, states[l].rows).column_range(column, sizes[l]));
            column += sizes[l];
        };
        (put(L), ...);
    });
    return result;
}

} // namespace boltz
