// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The variational bound on a log-likelihood, up to the log-partition function.

#include <boltz/any_field.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <type_traits>
#include <vector>

namespace boltz {

/// The variational bound of each row without its log Z, in nats:
/// sum over layers of b_l' mu_l + sum over connections (k, l) of mu_k' W mu_l - sum_{l observed} e_l(s_l)
/// - sum_{l hidden} A*_l(mu_l).
///
/// `states` holds data on the observed layers and means of the factorised posterior on the others. Then log p(data)
/// >= this - log Z, with equality where the posterior does factorise. The conjugate A* is what makes it right for
/// every unit: a mean's energy plus an entropy is not (Wainwright & Jordan 2008, section 3.6). Accumulates in double;
/// allocates.
/// @throws ShapeError if a block does not fit its layer.
template <std::floating_point T>
[[nodiscard]] std::vector<double>
unnormalised_elbo(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet observed);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/likelihood/elbo.hpp>
#endif
