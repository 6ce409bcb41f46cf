// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Reverse annealed importance sampling from test cases: their log-probability under the annealing model.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/types.hpp>

#include <concepts>
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
                                                                    Random& random);

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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/annealing/annealing_model.hpp>
#endif
