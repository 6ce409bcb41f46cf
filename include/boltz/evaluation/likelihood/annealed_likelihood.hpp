// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The true log-likelihood of data under a deep machine, by chains of each case.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>

#include <concepts>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
LogLikelihood annealed_likelihood(AnyField<T> const& field, TrainingData<T> const& data, LogZ const& log_z,
                                  Ais const& ais, Random& random, BaseBiases<T> const& base, Draws const& draws);

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
[[nodiscard]] BoundGap bound_gap(LogLikelihood const& likelihood, LogLikelihood const& bound);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/annealed_likelihood.hpp>
#endif
