// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/chain_agreement.hpp>

#include <boltz/detail/scale_reduction.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace boltz {

template <std::floating_point T>
typename ChainAgreement<T>::Worst ChainAgreement<T>::of_case(std::size_t i) const noexcept {
    Worst worst;
    for (std::size_t l = 0; l < r_hat.layers(); ++l)
        for (std::size_t j = 0; j < r_hat[l].columns; ++j)
            if (double const r = static_cast<double>(r_hat[l](i, j)); above(r, worst.r_hat)) worst = {r, i, l, j};
    return worst;
}

template <std::floating_point T>
typename ChainAgreement<T>::Worst ChainAgreement<T>::worst() const noexcept {
    Worst worst;
    for (std::size_t i = 0; i < r_hat.rows(); ++i)
        if (Worst const here = of_case(i); above(here.r_hat, worst.r_hat)) worst = here;
    return worst;
}

template <std::floating_point T>
std::string ChainAgreement<T>::warning() const {
    std::ostringstream text;
    text.precision(3);
    if (!measured()) {
        text << "whether chains from different starts agree was not measured, with ";
        if (chains < 2)
            text << chains << " chain a case, where 2 or more are needed";
        else
            text << reads << " reads of each, where " << least_reads << " or more are needed";
        return text.str();
    }
    std::size_t apart = 0;
    for (std::size_t i = 0; i < r_hat.rows(); ++i) apart += above(of_case(i).r_hat, most_r_hat) ? 1 : 0;
    if (apart == 0) return {};
    Worst const most = worst();
    text << "in " << apart << " of " << r_hat.rows() << " cases chains from different starts disagree, most in case "
         << most.case_index << " on unit " << most.unit << " of layer " << most.layer << ", where R-hat is "
         << most.r_hat << ", above " << most_r_hat
         << ": values depend on where chains begin; take more sweeps and reads";
    return text.str();
}

namespace detail {

template <std::floating_point T>
void ReadSums<T>::add(StatesView<T const> read, ReadMoments<T>& out, std::size_t first) {
    std::size_t const half = seen_ < reads_ / 2 ? 0 : 1;
    std::size_t const begin = half == 0 ? 0 : reads_ / 2;
    std::size_t const count = half == 0 ? reads_ / 2 : reads_ - reads_ / 2;
    bool const begins = seen_ == begin;
    bool const ends = ++seen_ == begin + count;
    auto const n = static_cast<T>(count);
    for (std::size_t l = 0; l < read.layers(); ++l)
        for (std::size_t i = 0; i < read[l].rows; ++i) {
            T const* const value = read[l].row(i).data();
            T* const origin = first_[l].row(i).data();
            T* const sum = sum_[l].row(i).data();
            T* const squares = squares_[l].row(i).data();
            std::size_t const columns = read[l].columns;
            if (begins) {
                std::copy_n(value, columns, origin);
                std::fill_n(sum, columns, T{0});
                std::fill_n(squares, columns, T{0});
            } else {
                for (std::size_t j = 0; j < columns; ++j) {
                    T const d = value[j] - origin[j];
                    sum[j] += d;
                    squares[j] += d * d;
                }
            }
            if (!ends) continue;
            T* const mean = out.means[half][l].row(first + i).data();
            T* const variance = out.variance[l].row(first + i).data();
            for (std::size_t j = 0; j < columns; ++j) {
                mean[j] = origin[j] + sum[j] / n;
                if (count > 1) variance[j] += std::max(squares[j] - sum[j] * sum[j] / n, T{0}) / (n - 1) / 2;
            }
        }
}

template <std::floating_point T>
ChainAgreement<T> agreement_of(ReadMoments<T> const& moments, std::size_t cases, std::size_t chains,
                               std::size_t reads, std::vector<Vector<T>> const& deviations) {
    constexpr double floor = 0.02;
    std::vector<std::size_t> sizes;
    for (auto const& of_layer : deviations) sizes.push_back(of_layer.size());
    ChainAgreement<T> result{.r_hat = {cases, sizes}, .chains = chains, .reads = reads};
    bool const measured = result.measured();
    auto const halves = static_cast<double>(2 * chains);
    for (std::size_t l = 0; l < sizes.size(); ++l)
        for (std::size_t i = 0; i < cases; ++i)
            for (std::size_t j = 0; j < sizes[l]; ++j) {
                if (!measured) {
                    result.r_hat[l](i, j) = std::numeric_limits<T>::quiet_NaN();
                    continue;
                }
                auto const origin = static_cast<double>(moments.means[0][l](i * chains, j));
                double within = 0, sum = 0, squares = 0;
                for (std::size_t c = i * chains; c < (i + 1) * chains; ++c) {
                    within += static_cast<double>(moments.variance[l](c, j)) / static_cast<double>(chains);
                    for (auto const& half : moments.means) {
                        double const d = static_cast<double>(half[l](c, j)) - origin;
                        sum += d;
                        squares += d * d;
                    }
                }
                double const least = floor * static_cast<double>(deviations[l](j));
                double const between = std::max(squares - sum * sum / halves, 0.0) / (halves - 1);
                within += least * least;
                bool const constant = !(within > 0) && between <= 0;
                result.r_hat[l](i, j) =
                    static_cast<T>(constant ? 1 : scale_reduction(within, between, static_cast<double>(reads / 2)));
            }
    return result;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template struct ChainAgreement<T>;                                                                               \
    namespace detail {                                                                                               \
    template class ReadSums<T>;                                                                                      \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template ChainAgreement<T> agreement_of<T>(ReadMoments<T> const& moments, std::size_t cases, std::size_t chains, \
                                               std::size_t reads, std::vector<Vector<T>> const& deviations);         \
    }
#include <boltz/detail/instantiate.hpp>
