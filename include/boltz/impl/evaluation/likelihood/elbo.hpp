// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/likelihood/elbo.hpp>

#include <boltz/any_field.hpp>
#include <boltz/detail/check_states.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace boltz {

template <std::floating_point T>
std::vector<double> unnormalised_elbo(AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states,
                                      LayerSet observed) {
    std::size_t const rows = detail::check_states(field, states, LayerSet::all(), "unnormalised_elbo");
    std::vector<double> bound(rows, 0.0);
    std::vector<double> terms(rows, 0.0);
    detail::add_couplings(field, states, bound);
    for (std::size_t l = 0; l < field.layers(); ++l)
        if (observed[l])
            field.unit(l).add_self_energy(states[l], std::span{terms});
        else
            field.unit(l).add_conjugate(states[l], std::span{terms});
    for (std::size_t i = 0; i < rows; ++i) bound[i] -= terms[i];
    return bound;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template std::vector<double> unnormalised_elbo<T>(                                                               \
        AnyField<T> const& field, std::type_identity_t<StatesView<T const>> states, LayerSet observed);
#include <boltz/detail/instantiate.hpp>
