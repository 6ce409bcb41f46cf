// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How good a model is, in one call: log Z from both sides, the likelihood of data, and what speaks against them.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/annealing/evaluate_log_z.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>
#include <boltz/random.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace boltz {

/// What `evaluate_likelihood` does.
struct LikelihoodOptions {
    LogZOptions log_z{};          ///< how log Z is estimated
    std::size_t summed_cases = 0; ///< the first so many cases, whose layers without data are summed over by annealing
    Ais of_case{.chains = 20, .ladder = Ladder::linear(1000)}; ///< the chains of each of these
    Compute compute{};                                         ///< workers for the likelihood of all cases
};

/// What is known of a model and of the probability of some cases, in nats. The verdict is `warnings()`, or
/// `trustworthy()` where yes or no will do.
struct LikelihoodEvaluation {
    LogZEvaluation log_z{};
    LogLikelihood likelihood{}; ///< of all cases, with log Z from below: exact, or a lower bound
    std::optional<LogLikelihood> likelihood_of_both{}; ///< the same with log Z of both, if the directions agree
    std::optional<LogLikelihood> summed{}; ///< of the first cases, by chains of each, with log Z from below
    std::optional<BoundGap> gap{};         ///< by how much the bound of these cases is too low

    /// Whether nothing speaks against the numbers.
    [[nodiscard]] bool trustworthy() const { return warnings().empty(); }

    /// The verdict: all that speaks against the numbers, a sentence each, in plain words; empty if nothing does.
    ///
    /// The warnings of log Z; distinct cases whose sum is more than log Z, cases that are no states, chains of cases
    /// that say too little, and a bound more than 3 standard errors above log p by these chains. A mode that no chain
    /// has found and no case lies in stays unseen.
    [[nodiscard]] std::vector<std::string> warnings() const;
};

namespace detail {

/// The first cases of a likelihood, as one of their own.
LogLikelihood first_cases(LogLikelihood likelihood, std::size_t count);

template <std::floating_point T>
LikelihoodEvaluation evaluated(AnyField<T> const& field, TrainingData<T> const& cases, TrainingData<T>& first,
                               BindInference<T> bind, Bases<T> const& bases, LikelihoodOptions const& options,
                               Random& random, Draws const& draws);

} // namespace detail

/// Evaluates a model: log Z by `evaluate_log_z`, and with it the likelihood of the cases of a data source, in nats:
/// exact where the layers without data have no weights in common, as in an RBM, else the variational bound by
/// `inference`; on request also log p of the first cases by chains of each. `warnings()` of the result is the
/// verdict.
///
///     auto const found = evaluate_likelihood(dbm, test, MeanField{}, usual_bases(dbm, training, random),
///                                            {.log_z = {.ais = {.ladder = Ladder::linear(7000)}}}, random);
///
/// Pixels that are drawn at each presentation are those that `draws` gives, the same for all measures. Costs as
/// `evaluate_log_z`, `elbo` and `annealed_log_likelihood`; allocates.
/// @throws ValueError if summed cases are asked for where there are not as many or where the likelihood is exact; as
/// the functions named.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] LikelihoodEvaluation evaluate_likelihood(F const& field, Data const& data, Inference const& inference,
                                                       Bases<typename F::value_type> const& bases,
                                                       LikelihoodOptions const& options, Random& random,
                                                       Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    detail::TrainingData<T> first{data};
    return detail::evaluated<T>(field, detail::TrainingData<T>{data}, first, detail::bound_to_field<T>(inference),
                                bases, options, random, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/evaluate_likelihood.hpp>
#endif
