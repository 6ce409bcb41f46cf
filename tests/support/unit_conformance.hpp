// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What every unit must fulfil, a user's own included.

#include "support/catch.hpp"
#include "support/statistics.hpp"

#include <boltz/concepts.hpp>
#include <boltz/detail/unit_operations.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <vector>

namespace test {

/// Rows of normal natural parameters.
template <class T>
boltz::Matrix<T> natural_parameters(std::size_t rows, std::size_t size, double deviation, std::uint64_t seed = 1) {
    boltz::Matrix<T> x = xt::zeros<T>({rows, size});
    for (std::size_t i = 0; i < rows; ++i) boltz::Draws::from_seed(seed).normal(i, 0, boltz::Block<T>{x}.row(i));
    for (T& value : x) value *= static_cast<T>(deviation);
    return x;
}

template <class T>
boltz::Block<T const> reading(boltz::Matrix<T> const& matrix) {
    return {matrix};
}

template <class U, class T>
std::vector<double> log_partition(U const& unit, boltz::Matrix<T> const& x) {
    std::vector<double> out(x.shape(0), 0.0);
    unit.add_log_partition(reading(x), std::span{out});
    return out;
}

/// The mean is A'(x), by central differences, and A*(A'(x)) = x A'(x) - A(x).
template <class U>
void check_mean_and_conjugate(U const& unit, std::size_t size) {
    boltz::Matrix<double> const x = natural_parameters<double>(5, size, 1.5);
    boltz::Matrix<double> mean = x;
    unit.mean(boltz::Block<double>{mean});
    double const step = 1e-5;
    for (std::size_t j = 0; j < size; ++j) {
        boltz::Matrix<double> higher = x;
        boltz::Matrix<double> lower = x;
        for (std::size_t i = 0; i < 5; ++i) {
            higher(i, j) += step;
            lower(i, j) -= step;
        }
        auto const up = log_partition(unit, higher);
        auto const down = log_partition(unit, lower);
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(mean(i, j) == Approx((up[i] - down[i]) / (2 * step)).margin(1e-7).epsilon(1e-7));
    }
    std::vector<double> conjugate(5, 100.0);
    unit.add_conjugate(reading(mean), std::span{conjugate});
    auto const partition = log_partition(unit, x);
    for (std::size_t i = 0; i < 5; ++i) {
        double product = 0;
        for (std::size_t j = 0; j < size; ++j) product += x(i, j) * mean(i, j);
        CHECK(conjugate[i] - 100 == Approx(product - partition[i]).margin(1e-9));
    }
}

/// Enormous natural parameters give finite results, and float agrees with double.
template <class U>
void check_stability(U const& unit, std::size_t size) {
    auto const check = [&]<class T>(T) {
        boltz::Matrix<T> x = xt::zeros<T>({std::size_t{4}, size});
        for (std::size_t j = 0; j < size; ++j) {
            x(0, j) = T(1e4);
            x(1, j) = T(-1e4);
            x(2, j) = j % 2 == 0 ? T(1e4) : T(-1e4);
        }
        auto const partition = log_partition(unit, x);
        boltz::Matrix<T> mean = x;
        unit.mean(boltz::Block<T>{mean});
        std::vector<double> conjugate(4, 0.0);
        unit.add_conjugate(reading(mean), std::span{conjugate});
        boltz::Matrix<T> state = x;
        unit.sample(boltz::Block<T>{state}, boltz::Draws::from_seed(3));
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(std::isfinite(partition[i]));
            CHECK(std::isfinite(conjugate[i]));
            for (std::size_t j = 0; j < size; ++j) {
                CHECK(std::isfinite(mean(i, j)));
                CHECK(std::isfinite(state(i, j)));
            }
        }
    };
    check(float{});
    check(double{});

    boltz::Matrix<float> narrow = natural_parameters<float>(20, size, 3.0);
    boltz::Matrix<double> wide = narrow;
    auto const coarse = log_partition(unit, narrow);
    auto const fine = log_partition(unit, wide);
    unit.mean(boltz::Block<float>{narrow});
    unit.mean(boltz::Block<double>{wide});
    for (std::size_t i = 0; i < 20; ++i) {
        CHECK(coarse[i] == Approx(fine[i]).epsilon(1e-5).margin(1e-5));
        for (std::size_t j = 0; j < size; ++j) CHECK(narrow(i, j) == Approx(wide(i, j)).epsilon(1e-5).margin(1e-6));
    }
}

/// All states of a layer of this unit, one a row.
template <class T, class U>
boltz::Matrix<T> unit_states(U const& unit, std::size_t size) {
    auto const count = static_cast<std::size_t>(unit.state_count(size));
    boltz::Matrix<T> states = xt::zeros<T>({count, size});
    for (std::size_t i = 0; i < count; ++i) unit.write_state(i, boltz::Block<T>{states}.row(i));
    return states;
}

/// x s - e(s) for every state.
template <class T, class U>
std::vector<double> log_weights(U const& unit, boltz::Matrix<T> const& states, std::vector<double> const& x) {
    std::vector<double> own(states.shape(0), 0.0);
    unit.add_self_energy(reading(states), std::span{own});
    for (std::size_t i = 0; i < own.size(); ++i) {
        own[i] = -own[i];
        for (std::size_t j = 0; j < x.size(); ++j) own[i] += x[j] * static_cast<double>(states(i, j));
    }
    return own;
}

/// The states are different and possible, and the sum over them of exp(x s - e(s)) is exp(A(x)).
template <class U>
void check_enumeration(U const& unit, std::size_t size) {
    boltz::Matrix<double> const states = unit_states<double>(unit, size);
    std::set<std::vector<double>> different;
    for (std::size_t i = 0; i < states.shape(0); ++i) {
        auto const row = reading(states).row(i);
        different.emplace(row.begin(), row.end());
    }
    CHECK(different.size() == states.shape(0));
    CHECK_NOTHROW(boltz::detail::validate(unit, reading(states), "states"));

    boltz::Matrix<double> const x = natural_parameters<double>(5, size, 2.0);
    auto const partition = log_partition(unit, x);
    for (std::size_t i = 0; i < 5; ++i) {
        auto const row = reading(x).row(i);
        CHECK(log_sum_exp(log_weights(unit, states, {row.begin(), row.end()})) == Approx(partition[i]).margin(1e-10));
    }
}

/// Draws are as frequent as exp(x s - e(s) - A(x)) says, however they are made.
///
/// Each chi-square test rejects a right unit with probability 1e-4.
template <class T, class U>
void check_frequencies(U const& unit, std::size_t size) {
    std::size_t const rows = 40000;
    boltz::Matrix<T> const one = natural_parameters<T>(1, size, 1.0);
    boltz::Matrix<T> x = xt::zeros<T>({rows, size});
    for (std::size_t i = 0; i < rows; ++i) boltz::copy(reading(one), boltz::Block<T>{x}.row_range(i, 1));
    boltz::Matrix<T> const states = unit_states<T>(unit, size);
    auto const row = reading(one).row(0);
    std::vector<double> probabilities = log_weights(unit, states, {row.begin(), row.end()});
    double const partition = log_partition(unit, one)[0];
    for (double& p : probabilities) p = std::exp(p - partition);

    auto const p_value = [&](boltz::Matrix<T> const& drawn) {
        std::map<std::vector<T>, std::size_t> index;
        for (std::size_t i = 0; i < states.shape(0); ++i) {
            auto const state = reading(states).row(i);
            index.emplace(std::vector<T>(state.begin(), state.end()), i);
        }
        std::vector<double> counts(index.size(), 0.0);
        for (std::size_t i = 0; i < rows; ++i) {
            auto const state = reading(drawn).row(i);
            counts[index.at(std::vector<T>(state.begin(), state.end()))] += 1;
        }
        return chi_square_p(counts, probabilities);
    };
    boltz::Matrix<T> sampled = x;
    unit.sample(boltz::Block<T>{sampled}, boltz::Draws::from_seed(11));
    CHECK(p_value(sampled) > 1e-4);

    boltz::Matrix<T> mean = x;
    boltz::Matrix<T> state = xt::zeros<T>({rows, size});
    boltz::detail::mean_and_sample(unit, boltz::Block<T>{mean}, boltz::Block<T>{state}, boltz::Draws::from_seed(12));
    CHECK(p_value(state) > 1e-4);
    boltz::Matrix<T> expected = one;
    unit.mean(boltz::Block<T>{expected});
    for (std::size_t j = 0; j < size; ++j) CHECK(mean(7, j) == Approx(expected(0, j)).epsilon(1e-6).margin(1e-7));

    if constexpr (boltz::detail::DrawsFromMean<U, T>) {
        unit.draw(reading(mean), boltz::Block<T>{state}, boltz::Draws::from_seed(13));
        CHECK(p_value(state) > 1e-4);
    }
}

/// The draw of a row depends on its place, not on the block it is drawn in nor on the stride of that block.
template <class T, class U>
void check_position(U const& unit, std::size_t size) {
    std::size_t const rows = 37;
    boltz::Matrix<T> const x = natural_parameters<T>(rows, size, 1.0, 5);
    boltz::Draws const draws = boltz::Draws::from_seed(21);
    boltz::Matrix<T> whole = x;
    unit.sample(boltz::Block<T>{whole}, draws);

    boltz::Matrix<T> parts = x;
    std::size_t const cuts[] = {0, 1, 5, 6, 22, rows};
    for (std::size_t k = 0; k + 1 < std::size(cuts); ++k)
        unit.sample(boltz::Block<T>{parts}.row_range(cuts[k], cuts[k + 1] - cuts[k]), draws.from_row(cuts[k]));
    CHECK(std::equal(whole.begin(), whole.end(), parts.begin()));

    boltz::Matrix<T> wide = xt::zeros<T>({rows, size + 5});
    auto const columns = boltz::Block<T>{wide}.column_range(3, size);
    boltz::copy(reading(x), columns);
    unit.sample(columns, draws);
    for (std::size_t i = 0; i < rows; ++i) {
        CHECK(std::equal(columns.row(i).begin(), columns.row(i).end(), reading(whole).row(i).begin()));
        for (std::size_t j : {std::size_t{0}, std::size_t{2}, size + 3, size + 4}) CHECK(wide(i, j) == 0);
    }

    boltz::Matrix<T> again = x;
    unit.sample(boltz::Block<T>{again}, boltz::Draws::from_seed(22));
    if (size > 1) CHECK_FALSE(std::equal(whole.begin(), whole.end(), again.begin()));
}

/// Not-a-number is refused, and the message repeats the argument's name.
template <class U>
void check_refusal(U const& unit, std::size_t size, std::vector<float> const& impossible) {
    boltz::Matrix<float> states = xt::zeros<float>({std::size_t{1}, size});
    std::copy(impossible.begin(), impossible.end(), states.begin());
    CHECK_THROWS_AS(boltz::detail::validate(unit, reading(states), "fit: data"), boltz::ValueError);
    CHECK_THROWS_WITH(boltz::detail::validate(unit, reading(states), "fit: data"), contains_text("fit: data"));
    states(0, size - 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(boltz::detail::validate(unit, reading(states), "fit: data"), boltz::ValueError);
}

/// A unit whose natural parameter was chosen for a mean has it.
template <class U>
void check_natural_parameter(U const& unit, std::vector<double> const& means) {
    boltz::Matrix<double> x = xt::zeros<double>({std::size_t{1}, means.size()});
    for (std::size_t j = 0; j < means.size(); ++j) x(0, j) = unit.natural_parameter(means[j], 0.0, j);
    unit.mean(boltz::Block<double>{x});
    for (std::size_t j = 0; j < means.size(); ++j) CHECK(x(0, j) == Approx(means[j]).margin(1e-12));
}

/// Everything that a unit with countable states must fulfil.
template <class U>
void check_unit(U const& unit, std::size_t size) {
    STATIC_REQUIRE(boltz::concepts::EnumerableUnit<U, float>);
    STATIC_REQUIRE(boltz::concepts::EnumerableUnit<U, double>);
    check_mean_and_conjugate(unit, size);
    check_stability(unit, size);
    check_enumeration(unit, size);
    check_frequencies<float>(unit, size);
    check_frequencies<double>(unit, size);
    check_position<float>(unit, size);
    check_position<double>(unit, size);
}

} // namespace test
