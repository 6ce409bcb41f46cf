// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The variational bound on a log-likelihood, up to the log-partition function.

#include <boltz/model/energy.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

/// The variational bound of each row without its log Z, in nats:
/// sum_l b_l' mu_l + sum_l mu_l' W_l mu_{l+1} - sum_{l observed} e_l(s_l) - sum_{l hidden} A*_l(mu_l).
///
/// `states` holds data on the observed layers and means of the factorised posterior on the others. Then log p(data)
/// >= this - log Z, with equality where the posterior does factorise. The conjugate A* is what makes it right for
/// every unit: a mean's energy plus an entropy is not (Wainwright & Jordan 2008, section 3.6). Accumulates in double;
/// allocates.
/// @throws ShapeError if a block does not fit its layer.
template <concepts::Field F>
[[nodiscard]] std::vector<double> unnormalised_elbo(F const& field,
                                                    StateBlocks<typename F::value_type, F::depth> const& states,
                                                    Observed<F::depth> const& observed) {
    using T = typename F::value_type;
    detail::check_states(field, states, detail::all_layers<F::depth>(), "unnormalised_elbo");
    std::vector<double> bound(states[0].rows, 0.0);
    std::vector<double> terms(states[0].rows, 0.0);
    detail::add_couplings(field, states, bound);
    detail::for_each_index<F::depth>([&](auto l) {
        auto const& unit = field.template layer<l>().unit();
        if (observed[l])
            unit.add_own_term(Block<T const>{states[l]}, std::span{terms});
        else
            unit.add_conjugate(Block<T const>{states[l]}, std::span{terms});
    });
    for (std::size_t i = 0; i < bound.size(); ++i) bound[i] -= terms[i];
    return bound;
}

} // namespace boltz
