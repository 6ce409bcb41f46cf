// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The log-likelihood of data: exact for RBMs, bounded for deep machines, up to log Z.

#include <boltz/evaluation/case_values.hpp>
#include <boltz/evaluation/log_likelihood.hpp>
#include <boltz/evaluation/mean_elbo.hpp>
#include <boltz/model/energy.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace boltz {

/// log p(v) = -F(v) - log Z of the cases of an RBM, in nats: exact but for what `log_z` is worth.
///
/// `log_z` is a number or an estimate, whose error and warning the result inherits. A density where the visible layer
/// is real-valued. Grey values are taken for means, and what comes out is then no log-probability of any state, of
/// which the result warns: pass `Binarised` data; the result names the protocol. Distinct cases that are states also
/// prove how large log Z is at least (`log_z_at_least`), and the result warns of a smaller one. One product; the
/// workers share the cases; allocates.
/// @throws ShapeError or ValueError if the data does not fit the visible layer.
template <concepts::Field F, class Data>
    requires(F::depth == 2)
[[nodiscard]] LogLikelihood log_likelihood(F const& field, Data const& data, LogZ const& log_z,
                                           Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    static_assert(detail::visible_only<Data, 2>(), "log_likelihood takes data on the visible layer only");
    auto result =
        detail::likelihood_of(detail::case_values(field, data, compute, draws, "log_likelihood",
                                                  [&](auto const& states, std::size_t, std::span<double> out) {
                                                      auto const values = log_marginal<1>(field, states);
                                                      std::copy(values.begin(), values.end(), out.begin());
                                                  }),
                              log_z, LikelihoodKind::exact, as_training_data(data).binarisation());
    auto const states = detail::case_states(field, data, compute, draws, "log_likelihood");
    detail::add_proof(result, states.codes, std::numeric_limits<typename F::value_type>::epsilon());
    detail::warn_between_states(result, states.between);
    return result;
}

/// The variational bound on log p of the cases of a model of any depth, in nats: `unnormalised_elbos` less log Z.
///
/// Data may lie on any layers, and what is bounded is the probability of all of it. Equal to log p where the
/// posterior of the other layers factorises. With an estimate of log Z it is a bound within that one's error only,
/// and the annealed estimate errs to the side that breaks it. Grey values, protocol and `log_z_at_least` as in
/// `log_likelihood`.
/// @throws as `infer_portions`.
template <concepts::Field F, class Data, class Inference>
[[nodiscard]] LogLikelihood elbo(F const& field, Data const& data, Inference const& inference, LogZ const& log_z,
                                 Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    auto result = detail::likelihood_of(unnormalised_elbos(field, data, inference, draws, compute), log_z,
                                        LikelihoodKind::lower_bound, as_training_data(data).binarisation());
    auto const states = detail::case_states(field, data, compute, draws, "elbo");
    detail::add_proof(result, states.codes, std::numeric_limits<typename F::value_type>::epsilon());
    detail::warn_between_states(result, states.between);
    return result;
}

} // namespace boltz
