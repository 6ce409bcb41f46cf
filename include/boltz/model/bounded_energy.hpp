// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether a model has an energy: finite parameters, and a minimum where real-valued layers are neighbours.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/model/finite.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace boltz {
namespace detail {

template <class U>
constexpr bool has_gaussian() {
    if constexpr (requires { U::parts; })
        return U::some([]<class Part>(std::type_identity<Part>) { return has_gaussian<Part>(); });
    else
        return requires(U const& unit) { unit.log_precision(); };
}

template <concepts::Field F>
constexpr bool has_gaussian_neighbours() {
    bool found = false;
    for_each_index<F::depth - 1>([&](auto l) {
        using Below = typename std::remove_cvref_t<decltype(std::declval<F const&>().template layer<l>())>::unit_type;
        using Above =
            typename std::remove_cvref_t<decltype(std::declval<F const&>().template layer<l + 1>())>::unit_type;
        found = found || (has_gaussian<Below>() && has_gaussian<Above>());
    });
    return found;
}

/// Cholesky's factorisation in place; whether the matrix, of `n` rows, is positive definite.
inline bool is_positive_definite(std::vector<double>& matrix, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = matrix[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= matrix[i * n + k] * matrix[j * n + k];
            if (i == j && !(sum > 0)) return false;
            matrix[i * n + j] = i == j ? std::sqrt(sum) : sum / matrix[j * n + j];
        }
    }
    return true;
}

} // namespace detail

/// Refuses a model without an energy: one with parameters that are not finite numbers, as a training that diverged
/// leaves behind; and one whose energy has no minimum, with Gaussian units in neighbouring layers whose couplings
/// outweigh their precisions.
///
/// Given all other units, the energy of the Gaussian ones is s' Q s / 2 + ..., with their precisions on the diagonal
/// of Q and minus their weights beside it; the model exists where Q is positive definite. Costs a pass over the
/// parameters for models without such neighbours, and n^3 / 3 more for n Gaussian units; allocates then.
/// @throws ValueError if a parameter is not finite, or Q is not positive definite.
template <concepts::Model M>
void check_bounded_energy(M const& model, char const* function) {
    if (std::string const where = where_not_finite(model); !where.empty())
        detail::fail<ValueError>(function, ": ", where,
                                 " of the model are not all finite numbers, as after a training that diverged");
    if constexpr (detail::has_gaussian_neighbours<M>()) {
        struct Place {
            std::size_t layer, column;
            double precision;
        };
        std::vector<Place> units;
        detail::for_each_index<M::depth>([&](auto l) {
            detail::for_each_gaussian(model.template layer<l>().unit(), 0, [&](std::size_t column, double precision) {
                units.push_back({l, column, precision});
            });
        });
        std::size_t const n = units.size();
        std::vector<double> form(n * n, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            form[i * n + i] = units[i].precision;
            for (std::size_t j = 0; j < i; ++j)
                if (units[j].layer + 1 == units[i].layer)
                    form[i * n + j] =
                        -static_cast<double>(model.weights(units[j].layer)(units[j].column, units[i].column));
        }
        if (!detail::is_positive_definite(form, n))
            detail::fail<ValueError>(
                function, ": the weights between neighbouring Gaussian layers outweigh the precisions of their ", n,
                " units, so the energy has no minimum and the model no distribution");
    }
}

} // namespace boltz
