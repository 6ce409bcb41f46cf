// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The true log-likelihood of data under a deep machine, by chains of each case.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/states.hpp>

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

/// log p of each case, all other layers summed over by annealing with the case held fast, less log Z; in nats.
///
/// `ais.chains` chains a case, so this is for some hundred cases and not for a whole data set. Each number lies below
/// log p in expectation, by about the square of its own standard error over 2, if log Z is known. Data may lie on any
/// layers. Costs as `log_sum`; allocates.
/// @throws ShapeError or ValueError if the data does not fit the model; ValueError as `log_sum`.
template <concepts::Field F, class Data>
    requires(detail::fits_layers<Data, F>)
[[nodiscard]] LogLikelihood annealed_log_likelihood(F const& field, Data const& data, LogZ const& log_z,
                                                    BaseBiases<typename F::value_type> const& base, Ais const& ais,
                                                    Random& random, Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::annealed_likelihood<T>(field, detail::TrainingData<T>{data}, log_z, ais, random, base, draws);
}

/// The same from the uniform base.
template <concepts::Field F, class Data>
    requires(detail::fits_layers<Data, F>)
[[nodiscard]] LogLikelihood annealed_log_likelihood(F const& field, Data const& data, LogZ const& log_z,
                                                    Ais const& ais, Random& random) {
    return annealed_log_likelihood(field, data, log_z, uniform_base(field), ais, random);
}

/// By how much a bound falls short of the log-likelihood: the mean over the cases of KL(q || posterior), in nats.
struct BoundGap {
    double mean = 0;              ///< nats a case; 0 if the bound is tight
    double standard_error = 0;    ///< of the mean as one for all such cases, noise of the chains included
    double annealing_error = 0;   ///< of the mean over these very cases
    std::vector<double> values{}; ///< of each case
};

/// The gap between a bound and a likelihood of the same cases, case by case.
///
/// log Z is common to both and drops out, so its error does not count, even if they were given different estimates.
/// @throws ShapeError if they are of different numbers of cases; ValueError if of differently binarised ones, or if
/// `bound` is none.
[[nodiscard]] inline BoundGap bound_gap(LogLikelihood const& likelihood, LogLikelihood const& bound) {
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
