// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reverse annealed importance sampling from test cases: their log-probability under the annealing model.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/detail/checked_cases.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

/// An estimate of a case's log-probability under the annealing model of an RBM, which is not that under the RBM.
struct AnnealingModelEstimate {
    double annealing_model_log_probability = 0; ///< in nats; a density where the visible layer is real-valued
    double standard_error = 0;                  ///< of it, to first order
    double effective_chains = 0;                ///< how many equal weights would be worth as much
};

namespace detail {

template <std::floating_point T>
std::vector<AnnealingModelEstimate> annealing_model_log_probability(AnyField<T> const& field, Block<T const> data,
                                                                    BaseBiases<T> const& base, Ais const& ais,
                                                                    Random& random) {
    ais.validate();
    check_two_layers(field, "annealing_model_log_probability");
    check_annealing(field, base, ais.compute, "annealing_model_log_probability");
    StateBlocks<T, 2> const visible{for_reading(data), {}};
    auto const observed = LayerSet::of(0);
    std::size_t const cases = checked_cases<T>(field, visible, observed, "annealing_model_log_probability");
    if (std::size_t const between = cases_between_states<T>(field, visible, observed); between > 0)
        fail<ValueError>("annealing_model_log_probability: ", between, " of ", cases,
                         " cases hold values between the states of their units; binarise grey values");
    PreparedForCall<T> const prepared{field, ais.compute};
    std::vector<double> const unnormalised = log_marginal<T>(*prepared, visible, LayerSet::of(1));

    Executor executor{ais.compute};
    Annealing<T> const annealing{
        .ladder = ais.ladder, .summed = LayerSet::of(1), .given = visible, .cases = cases, .chains = ais.chains};
    std::vector<double> log_weights = anneal_down(*prepared, base, annealing, random.split(), executor);
    std::vector<AnnealingModelEstimate> result(cases);
    for (std::size_t c = 0; c < cases; ++c) {
        std::span const own = std::span{log_weights}.subspan(c * ais.chains, ais.chains);
        for (double& w : own) w = unnormalised[c] - w;
        LogMean const mean = log_mean_exp(own);
        result[c] = {.annealing_model_log_probability = mean.value,
                     .standard_error = mean.relative_error,
                     .effective_chains = mean.effective};
    }
    return result;
}

} // namespace detail

/// RAISE (Burda, Grosse & Salakhutdinov 2015): for each row of `data`, log p of it under the *annealing model* of an
/// RBM, the distribution of what chains from the base have become once they have run up the ladder and done one sweep
/// of the model itself.
///
/// Chains that begin at the case and run down give an unbiased estimate of that probability, so its log lies below
/// log p of the annealing model in expectation.
///
/// It is no bound on log p of the RBM, on neither side. The two models agree in the limit of a long ladder only.
/// Where chains from the base miss modes of the RBM, their mass goes to the others, and cases there are more probable
/// under the annealing model than under the RBM: on images of MNIST the estimate has been 4.9 nats *above* log p of
/// the RBM, with a small error. It errs to the same side as `log_partition` there, so their agreement proves nothing
/// either.
///
/// `ais.chains` chains a case; costs as `log_sum`, two products a temperature; allocates.
/// @throws ShapeError if `data` does not have one column a visible unit, or the base does not fit; ValueError as
/// `log_partition`, if the model has not two layers, or if a state is impossible or a case holds values between
/// states: binarise grey values.
template <concepts::MaybeTwoLayers F>
[[nodiscard]] std::vector<AnnealingModelEstimate>
annealing_model_log_probability(F const& field, std::type_identity_t<Block<typename F::value_type const>> data,
                                BaseBiases<typename F::value_type> const& base, Ais const& ais, Random& random) {
    return detail::annealing_model_log_probability<typename F::value_type>(field, data, base, ais, random);
}

/// The same from the uniform base.
template <concepts::MaybeTwoLayers F>
[[nodiscard]] std::vector<AnnealingModelEstimate>
annealing_model_log_probability(F const& field, std::type_identity_t<Block<typename F::value_type const>> data,
                                Ais const& ais, Random& random) {
    return annealing_model_log_probability(field, data, uniform_base(field), ais, random);
}

} // namespace boltz
