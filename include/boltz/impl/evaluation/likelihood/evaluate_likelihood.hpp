// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/evaluate_likelihood.hpp>

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/annealing/evaluate_log_z.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/evaluation/likelihood/annealed_likelihood.hpp>
#include <boltz/evaluation/likelihood/likelihood.hpp>
#include <boltz/random.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

BOLTZ_INLINE std::vector<std::string> LikelihoodEvaluation::warnings() const {
    std::vector<std::string> result = log_z.warnings();
    auto const add = [&](char const* what, std::string const& text) {
        if (!text.empty()) result.push_back(what + text);
    };
    LogLikelihood own = likelihood; // what speaks against log Z by itself has been said
    own.log_z.warning.clear();
    add("likelihood: ", own.warning());
    if (summed) add("summed cases: ", summed->case_warning);
    if (gap && gap->mean < -3 * gap->annealing_error) {
        std::ostringstream text;
        text << "the bound lies " << -gap->mean << " nats above log p by chains of each case, standard error "
             << gap->annealing_error << ": these chains have missed what weighs most";
        add("summed cases: ", text.str());
    }
    return result;
}

namespace detail {

BOLTZ_INLINE LogLikelihood first_cases(LogLikelihood likelihood, std::size_t count) {
    likelihood.values.resize(count);
    likelihood.case_error = standard_error_of_mean(likelihood.values);
    LogZ const log_z = likelihood.log_z;
    return with_log_z(std::move(likelihood), log_z);
}

template <std::floating_point T>
LikelihoodEvaluation evaluated(AnyField<T> const& field, TrainingData<T> const& cases, TrainingData<T>& first,
                               BindInference<T> bind, Bases<T> const& bases, LikelihoodOptions const& options,
                               Random& random, Draws const& draws) {
    constexpr auto function = "evaluate_likelihood";
    cases.check(field, function, draws);
    if (options.summed_cases > 0 && field.graph().independent(~cases.observed()))
        fail<ValueError>(function, ": summed_cases is ", options.summed_cases,
                         ", but the likelihood of this model is exact for all cases");
    if (options.summed_cases > cases.rows())
        fail<ValueError>(function, ": summed_cases is ", options.summed_cases, ", but data has ", cases.rows(),
                         " rows");
    first.limit(options.summed_cases);

    Random advanced = random;
    LikelihoodEvaluation result{.log_z = evaluate_log_z(field, bases, options.log_z, advanced)};
    LogPartition const& below = result.log_z.below;
    auto const& both = result.log_z.both;
    result.likelihood = likelihood_or_bound(field, cases, bind, below, options.compute, draws);
    if (both && both->combined) result.likelihood_of_both = with_log_z(result.likelihood, *both);
    if (options.summed_cases > 0) {
        result.summed =
            annealed_likelihood(field, first, below, options.of_case, advanced, bases[below.base_index], draws);
        result.gap = bound_gap(*result.summed, first_cases(result.likelihood, options.summed_cases));
    }
    random = advanced;
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template LikelihoodEvaluation evaluated<T>(AnyField<T> const& field, TrainingData<T> const& cases,               \
                                               TrainingData<T>& first, BindInference<T> bind, Bases<T> const& bases, \
                                               LikelihoodOptions const& options, Random& random,                     \
                                               Draws const& draws);                                                  \
    }
#include <boltz/detail/instantiate.hpp>
