// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The log-likelihood of data: exact where one layer is hidden, bounded for deep machines, up to log Z.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/detail/case_values.hpp>
#include <boltz/evaluation/likelihood/log_likelihood.hpp>
#include <boltz/evaluation/likelihood/mean_elbo.hpp>

#include <concepts>
#include <vector>

namespace boltz {

namespace detail {

/// The likelihood that the numbers of some cases, short of log Z, amount to, with what the cases prove of log Z and a
/// warning of those that are no states.
template <std::floating_point T>
LogLikelihood checked_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, std::vector<double> values,
                                 LogZ const& log_z, LikelihoodKind kind, Compute const& compute, Draws const& draws,
                                 char const* function);

template <std::floating_point T>
LogLikelihood log_likelihood(AnyField<T> const& field, TrainingData<T> const& cases, LogZ const& log_z,
                             Compute const& compute, Draws const& draws);

template <std::floating_point T>
LogLikelihood elbo(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind, LogZ const& log_z,
                   Compute const& compute, Draws const& draws) {
    return checked_likelihood(field, cases, unnormalised_elbos(field, cases, bind, compute, draws), log_z,
                              LikelihoodKind::lower_bound, compute, draws, "elbo");
}

template <std::floating_point T>
LogLikelihood likelihood_or_bound(AnyField<T> const& field, TrainingData<T> const& cases, BindInference<T> bind,
                                  LogZ const& log_z, Compute const& compute, Draws const& draws) {
    return field.graph().independent(~cases.observed()) ? log_likelihood(field, cases, log_z, compute, draws)
                                                        : elbo(field, cases, bind, log_z, compute, draws);
}

} // namespace detail

/// log p(v) = -F(v) - log Z of the cases of an RBM, in nats: exact but for what `log_z` is worth.
///
/// `log_z` is a number or an estimate, whose error and warning the result inherits. A density where the visible layer
/// is real-valued. Grey values are taken for means, and what comes out is then no log-probability of any state, of
/// which the result warns: pass `Binarised` data; the result names the protocol. Distinct cases that are states also
/// prove how large log Z is at least (`log_z_at_least`), and the result warns of a smaller one. One product; the
/// workers share the cases; allocates.
///
/// A deep machine does not compile. A machine whose layers are known only when the program runs may have data on
/// several layers, as long as those without data have no weights in common.
/// @throws ShapeError or ValueError if the data does not fit the model; ValueError if layers without data have
/// weights in common.
template <concepts::MaybeTwoLayers F, class Data>
    requires(detail::fits_layers<Data, F>)
[[nodiscard]] LogLikelihood log_likelihood(F const& field, Data const& data, LogZ const& log_z,
                                           Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    static_assert(
        !requires { F::depth; } || detail::visible_only<Data>, "log_likelihood takes data on the visible layer only");
    using T = typename F::value_type;
    return detail::log_likelihood<T>(field, detail::TrainingData<T>{data}, log_z, compute, draws);
}

/// The variational bound on log p of the cases of a model of any depth, in nats: `unnormalised_elbos` less log Z.
///
/// Data may lie on any layers, and what is bounded is the probability of all of it. Equal to log p where the
/// posterior of the other layers factorises. With an estimate of log Z it is a bound within that one's error only,
/// and the annealed estimate errs to the side that breaks it. Grey values, protocol and `log_z_at_least` as in
/// `log_likelihood`.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] LogLikelihood elbo(F const& field, Data const& data, Inference const& inference, LogZ const& log_z,
                                 Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::elbo<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference), log_z, compute,
                           draws);
}

/// The best that can be had in closed form of log p of the cases of any model, in nats: `log_likelihood` where the
/// layers without data have no weights in common, as in an RBM, else `elbo`; `kind` of the result says which.
/// @throws as these.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] LogLikelihood likelihood_or_bound(F const& field, Data const& data, Inference const& inference,
                                                LogZ const& log_z, Compute const& compute = {},
                                                Draws const& draws = Draws::from_seed(0)) {
    using T = typename F::value_type;
    return detail::likelihood_or_bound<T>(field, detail::TrainingData<T>{data}, detail::bound_to_field<T>(inference),
                                          log_z, compute, draws);
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/likelihood.hpp>
#endif
