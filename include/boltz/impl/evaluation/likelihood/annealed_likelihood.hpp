// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/states.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
LogLikelihood annealed_likelihood(AnyField<T> const& field, TrainingData<T> const& data, LogZ const& log_z,
                                  Ais const& ais, Random& random, BaseBiases<T> const& base, Draws const& draws) {
    data.check(field, "annealed_log_likelihood", draws);
    States<T> states{data.rows(), field.sizes()};
    std::vector<std::size_t> indices(data.rows());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    data.load(indices, states, draws);
    auto const sums = log_sum(field, states, data.observed(), base, ais, random);

    std::vector<double> values, errors;
    double squares = 0;
    std::size_t doubted = 0;
    std::string doubt;
    for (LogPartition const& sum : sums) {
        values.push_back(sum.log_z);
        errors.push_back(sum.standard_error);
        squares += sum.standard_error * sum.standard_error;
        if (sum.trustworthy()) continue;
        if (++doubted == 1) doubt = sum.warning();
    }
    auto result = likelihood_of(std::move(values), log_z, LikelihoodKind::annealed, data.binarisation());
    result.errors = std::move(errors);
    result.annealing_error = std::sqrt(squares) / static_cast<double>(sums.size());
    if (doubted > 0) {
        std::ostringstream text;
        text << doubted << " of " << sums.size() << " cases, the first of them: " << doubt;
        result.case_warning = text.str();
    }
    warn_between_states(result, cases_between_states<T>(field, states, data.observed()));
    return result;
}

} // namespace detail

BOLTZ_INLINE BoundGap bound_gap(LogLikelihood const& likelihood, LogLikelihood const& bound) {
    if (likelihood.cases() != bound.cases())
        detail::fail<ShapeError>("bound_gap: likelihood is of ", likelihood.cases(), " cases, but bound of ",
                                 bound.cases());
    if (likelihood.binarisation != bound.binarisation)
        detail::fail<ValueError>("bound_gap: likelihood is of cases with binarisation '",
                                 to_string(likelihood.binarisation), "', but bound with '",
                                 to_string(bound.binarisation), "'");
    if (bound.kind != LikelihoodKind::lower_bound)
        detail::fail<ValueError>("bound_gap: bound is of kind '", to_string(bound.kind), "', but must be '",
                                 to_string(LikelihoodKind::lower_bound), "'");
    BoundGap gap{.annealing_error = likelihood.annealing_error};
    for (std::size_t i = 0; i < bound.cases(); ++i) {
        gap.values.push_back(likelihood.values[i] + likelihood.log_z.value - bound.values[i] - bound.log_z.value);
        gap.mean += gap.values.back() / static_cast<double>(bound.cases());
    }
    gap.standard_error = standard_error_of_mean(gap.values);
    return gap;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LogLikelihood annealed_likelihood<T>(AnyField<T> const& field, TrainingData<T> const& data,             \
                                                  LogZ const& log_z, Ais const& ais, Random& random,                 \
                                                  BaseBiases<T> const& base, Draws const& draws);                    \
    }
#include <boltz/detail/instantiate.hpp>
