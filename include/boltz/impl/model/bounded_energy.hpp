// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/model/bounded_energy.hpp>

#include <boltz/any_field.hpp>
#include <boltz/error.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/version.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE bool is_positive_definite(std::vector<double>& matrix, std::size_t n) {
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

template <std::floating_point T>
void check_bounded_energy(AnyField<T> const& field, std::string_view function) {
    BoltzmannMachine<T> const* const machine = field.machine();
    if (machine == nullptr) return;
    for (std::size_t l = 0; l < machine->layers(); ++l) machine->unit(l).check_size(machine->sizes()[l]);
    if (std::string const where = where_not_finite<T>(*machine); !where.empty())
        detail::fail<ValueError>(function, ": ", where,
                                 " of the model are not all finite numbers, as after a training that diverged");
    struct Place {
        std::size_t column, index; // in its layer, and among all
        double precision;
    };
    std::vector<std::vector<Place>> layers(machine->layers());
    std::size_t n = 0;
    for (std::size_t l = 0; l < layers.size(); ++l)
        for (std::size_t j = 0; j < machine->sizes()[l]; ++j)
            if (double const precision = machine->unit(l).precision(j); precision > 0)
                layers[l].push_back({j, n++, precision});
    bool neighbours = false;
    for (auto const& [lower, upper] : machine->weight_connections())
        neighbours = neighbours || (!layers[lower].empty() && !layers[upper].empty());
    if (!neighbours) return;
    std::vector<double> form(n * n, 0.0);
    for (auto const& layer : layers)
        for (Place const& unit : layer) form[unit.index * n + unit.index] = unit.precision;
    for (std::size_t c = 0; c < machine->weight_connections().size(); ++c) {
        auto const [lower, upper] = machine->weight_connections()[c];
        for (Place const& a : layers[lower])
            for (Place const& b : layers[upper])
                form[a.index * n + b.index] = form[b.index * n + a.index] =
                    -static_cast<double>(machine->weights(c)(a.column, b.column));
    }
    if (!detail::is_positive_definite(form, n))
        detail::fail<ValueError>(
            function, ": the weights between neighbouring Gaussian layers outweigh the precisions of their ", n,
            " units, so the energy has no minimum and the model no distribution");
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template void check_bounded_energy<T>(AnyField<T> const& field, std::string_view function);
#include <boltz/detail/instantiate.hpp>
