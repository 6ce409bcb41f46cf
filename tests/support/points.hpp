// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Plain numbers as the parameters of a model, and functions of them to minimise.

#include <boltz/model/parameter_set.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace test {

/// Two layers of numbers, the upper one in double precision as parameters of units are.
template <class T>
class Point {
  public:
    using value_type = T;

    struct Gradient {
        boltz::Vector<T> lower;
        boltz::Vector<double> upper;

        template <class Archive>
        void archive(Archive& archive) {
            archive("lower", lower);
            archive("upper", upper);
        }
    };

    Point(std::size_t lower, std::size_t upper) : numbers_{xt::zeros<T>({lower}), xt::zeros<double>({upper})} {}

    Point(std::size_t lower, std::vector<double> const& numbers) : Point{lower, numbers.size() - lower} {
        set(numbers);
    }

    [[nodiscard]] Gradient make_gradient() const {
        return {xt::zeros<T>(numbers_.lower.shape()), xt::zeros<double>(numbers_.upper.shape())};
    }

    template <class F, class... Sets>
    void for_each_parameter(F&& f, Sets&... sets) {
        using boltz::Parameter, boltz::ParameterKind;
        f(Parameter{ParameterKind::weight, 0}, span(numbers_.lower), span(sets.lower)...);
        f(Parameter{ParameterKind::of_unit, 1}, span(numbers_.upper), span(sets.upper)...);
    }

    template <class Archive>
    void archive(Archive& archive) {
        numbers_.archive(archive);
    }

    [[nodiscard]] std::vector<double> numbers() const { return list(numbers_); }

    void set(std::vector<double> const& numbers) { fill(numbers_, numbers); }

    /// All numbers of a set, the lower ones first.
    static std::vector<double> list(Gradient const& set) {
        std::vector<double> result(set.lower.begin(), set.lower.end());
        result.insert(result.end(), set.upper.begin(), set.upper.end());
        return result;
    }

    static void fill(Gradient& set, std::vector<double> const& numbers) {
        std::size_t at = 0;
        for (T& x : set.lower) x = static_cast<T>(numbers[at++]);
        for (double& x : set.upper) x = numbers[at++];
    }

  private:
    template <class Values>
    static auto span(Values& values) {
        return std::span{values.data(), values.size()};
    }

    Gradient numbers_;
};

/// A function as optimizers want it: `f(x, slope)` returns the value at the numbers x and writes the derivatives.
template <class T, class F>
auto loss_of(Point<T> const& point, F f) {
    return [&point, f](typename Point<T>::Gradient& out) {
        auto const x = point.numbers();
        std::vector<double> slope(x.size());
        double const value = f(x, slope);
        Point<T>::fill(out, slope);
        return value;
    };
}

/// A sum of products.
inline double dot(std::vector<double> const& x, std::vector<double> const& y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
    return sum;
}

/// sum over i of a[i] (x[i] - least[i])^2 / 2 + coupling (sum over i of x[i] - least[i])^2 / 2.
struct Quadratic {
    std::vector<double> a;
    std::vector<double> least;
    double coupling = 0;

    double operator()(std::vector<double> const& x, std::vector<double>& slope) const {
        double value = 0;
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] - least[i];
        for (std::size_t i = 0; i < x.size(); ++i) {
            double const away = x[i] - least[i];
            value += a[i] * away * away / 2;
            slope[i] = a[i] * away + coupling * sum;
        }
        return value + coupling * sum * sum / 2;
    }
};

/// The points of the linear method of conjugate gradients from 0, as many steps as there are numbers.
inline std::vector<std::vector<double>> linear_conjugate_gradients(Quadratic const& f) {
    std::size_t const n = f.a.size();
    std::vector<std::vector<double>> points{std::vector<double>(n)};
    std::vector<double> slope(n);
    f(points[0], slope);
    std::vector<double> direction(n);
    for (std::size_t i = 0; i < n; ++i) direction[i] = -slope[i];
    for (std::size_t step = 0; step < n; ++step) {
        double sum = 0;
        for (double const d : direction) sum += d;
        std::vector<double> product(n);
        for (std::size_t i = 0; i < n; ++i) product[i] = f.a[i] * direction[i] + f.coupling * sum;
        double const before = dot(slope, slope);
        double const length = before / dot(direction, product);
        auto point = points.back();
        for (std::size_t i = 0; i < n; ++i) {
            point[i] += length * direction[i];
            slope[i] += length * product[i];
        }
        points.push_back(point);
        double const factor = dot(slope, slope) / before;
        for (std::size_t i = 0; i < n; ++i) direction[i] = factor * direction[i] - slope[i];
    }
    return points;
}

/// Rosenbrock's valley of two numbers, whose only minimum is 0 at (1, 1).
inline double rosenbrock(std::vector<double> const& x, std::vector<double>& slope) {
    double const curved = x[1] - x[0] * x[0];
    double const away = 1 - x[0];
    slope[0] = -400 * curved * x[0] - 2 * away;
    slope[1] = 200 * curved;
    return 100 * curved * curved + away * away;
}

/// sum over i of -log(1 - scale x[i]) - 5 scale x[i]: not a number from 1 / scale on, least at 0.8 / scale.
struct Barrier {
    double scale = 1;

    double operator()(std::vector<double> const& x, std::vector<double>& slope) const {
        double value = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            double const room = 1 - scale * x[i];
            value += (room > 0 ? -std::log(room) : std::numeric_limits<double>::quiet_NaN()) - 5 * scale * x[i];
            slope[i] = scale / room - 5 * scale;
        }
        return value;
    }
};

} // namespace test
