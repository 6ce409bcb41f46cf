// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether the energy of a model with neighbouring real-valued layers is bounded below.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace boltz {
namespace detail {

/// Calls `f(column, precision)` for every unit of a layer that is Gaussian, parts of joint units included.
template <class U, class F>
void for_each_gaussian(U const& unit, std::size_t first, F&& f) {
    if constexpr (requires { U::parts; })
        unit.each([&](auto const& part, std::size_t p) { for_each_gaussian(part, first + unit.offset(p), f); });
    else if constexpr (requires { unit.log_precision(); })
        for (std::size_t j = 0; j < unit.log_precision().size(); ++j) f(first + j, std::exp(unit.log_precision()(j)));
}

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

/// Refuses a model whose energy has no minimum: one with Gaussian units in neighbouring layers whose couplings
/// outweigh their precisions.
///
/// Given all other units, the energy of the Gaussian ones is s' Q s / 2 + ..., with their precisions on the diagonal
/// of Q and minus their weights beside it; the model exists where Q is positive definite. Costs nothing for models
/// without such neighbours, else n^3 / 3 for n Gaussian units; allocates.
/// @throws ValueError if Q is not positive definite.
template <concepts::Model M>
void check_bounded_energy(M const& model, char const* function) {
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
