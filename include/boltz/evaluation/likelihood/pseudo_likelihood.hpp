// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The pseudo-likelihood of an RBM, which needs no log Z.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/detail/single_changes.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>

#include <concepts>

namespace boltz {

namespace detail {

template <std::floating_point T>
LogLikelihood pseudo_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, Compute const& compute,
                                Draws const& draws);

template <std::floating_point T>
LogLikelihood stochastic_pseudo_likelihood(AnyField<T> const& field, TrainingData<T> const& cases,
                                           Compute const& compute, Draws const& draws);

} // namespace detail

/// log PL(v) = sum over the variables of the visible layer of log p(one | all others), the hidden layer summed out,
/// of the cases of an RBM; in nats a case (Besag 1975; for RBMs: Marlin, Swersky, Chen & de Freitas 2010).
///
/// A variable is a binary unit, or one trial of a multinomial or categorical group: with one trial the whole group,
/// with several the category of each of them given those of the others. log Z drops out, so it is exact for models of
/// any size, but it is not the log-likelihood: it judges how units fit their neighbourhood, and may prefer another
/// model. A visible layer that is no mix of these kinds of units does not compile, or is refused where the units are
/// known only when the program runs. The hidden layer may be anything.
///
/// Costs one A of the hidden layer a variable and case, and a product of the weights with the unit matrix; the
/// workers share the cases; allocates.
/// @throws ShapeError or ValueError if the data does not fit the visible layer; ValueError if a case is not a state:
/// grey values must be binarised; or if the model has not two layers, or visible units of another kind.
template <concepts::MaybeTwoLayers F, class Data>
    requires(detail::MayChangeSingly<F>)
[[nodiscard]] LogLikelihood pseudo_likelihood(F const& field, Data const& data, Compute const& compute = {},
                                              Draws const& draws = Draws::from_seed(0)) {
    static_assert(detail::visible_only<Data>, "pseudo_likelihood takes data on the visible layer only");
    using T = typename F::value_type;
    return detail::pseudo_likelihood<T>(field, detail::TrainingData<T>{data}, compute, draws);
}

/// An unbiased estimate of `pseudo_likelihood`: one variable of each case, chosen uniformly, times their number.
///
/// As cheap as a free energy, and so what can be watched while a large model is trained. Which variable it is depends
/// on `draws` and the case only: take other draws each time where estimates are compared or averaged.
/// @throws as `pseudo_likelihood`.
template <concepts::MaybeTwoLayers F, class Data>
    requires(detail::MayChangeSingly<F>)
[[nodiscard]] LogLikelihood stochastic_pseudo_likelihood(F const& field, Data const& data,
                                                         Compute const& compute = {},
                                                         Draws const& draws = Draws::from_seed(0)) {
    static_assert(detail::visible_only<Data>, "pseudo_likelihood takes data on the visible layer only");
    using T = typename F::value_type;
    return detail::stochastic_pseudo_likelihood<T>(field, detail::TrainingData<T>{data}, compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/pseudo_likelihood.hpp>
#endif
