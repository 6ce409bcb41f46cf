// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether a model has an energy: units that fit their layers, finite parameters, and a minimum where real-valued
/// layers are neighbours.

#include <boltz/any_field.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {
namespace detail {

/// Cholesky's factorisation in place; whether the matrix, of `n` rows, is positive definite.
bool is_positive_definite(std::vector<double>& matrix, std::size_t n);

} // namespace detail

/// Refuses a machine without an energy: one with units that were made for another size, or lack what they need to be
/// used; one with parameters that are not finite numbers, as a training that diverged leaves behind; and one whose
/// energy has no minimum, with Gaussian units in neighbouring layers whose couplings outweigh their precisions. Does
/// nothing for a field that is no machine.
///
/// Given all other units, the energy of the Gaussian ones is s' Q s / 2 + ..., with their precisions on the diagonal
/// of Q and minus their weights beside it; the model exists where Q is positive definite. Costs a pass over the
/// parameters for models without such neighbours, and n^3 / 3 more for n Gaussian units; allocates then.
/// @throws ShapeError if units do not fit their layer; ValueError if a parameter is not finite, or Q is not positive
/// definite.
template <std::floating_point T>
void check_bounded_energy(AnyField<T> const& field, std::string_view function);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/bounded_energy.hpp>
#endif
