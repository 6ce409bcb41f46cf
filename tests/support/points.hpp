// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Plain numbers as the parameters of a model, and functions of them to minimise.

#include <boltz/archive.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/graph.hpp>
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
class Point final : public boltz::AnyParametric<T> {
  public:
    using Set = boltz::ParameterSet<T>;
    using boltz::AnyParametric<T>::bias_span;

    Point(std::size_t lower, std::size_t upper) : lower_{xt::zeros<T>({lower})}, upper_{xt::zeros<double>({upper})} {}
    Point(std::size_t lower, std::vector<double> const& numbers) : Point{lower, numbers.size() - lower} {
        set(numbers);
    }

    [[nodiscard]] std::vector<boltz::Connection> const& weight_connections() const noexcept override {
        return connections_;
    }
    [[nodiscard]] boltz::Block<T> weight_block(std::size_t) override { return {}; }
    [[nodiscard]] std::size_t parameter_layers() const noexcept override { return 2; }
    [[nodiscard]] std::span<T> bias_span(std::size_t layer) override {
        return layer == 0 ? std::span<T>{lower_.data(), lower_.size()} : std::span<T>{};
    }
    void for_each_unit_parameters(std::size_t layer,
                                  boltz::detail::FunctionRef<void(std::span<double>, std::size_t)> f) override {
        if (layer == 1) f(std::span{upper_.data(), upper_.size()}, 0);
    }
    void archive(boltz::Archive& archive) override {
        archive("lower", lower_);
        archive("upper", upper_);
    }

    [[nodiscard]] std::vector<double> numbers() const { return joined(lower_, upper_); }

    void set(std::vector<double> const& numbers) { split(numbers, lower_, upper_); }

    /// All numbers of a set, the lower ones first.
    static std::vector<double> list(Set const& set) { return joined(set.biases[0], set.of_units[1]); }

    static void fill(Set& set, std::vector<double> const& numbers) { split(numbers, set.biases[0], set.of_units[1]); }

  private:
    static std::vector<double> joined(boltz::Vector<T> const& lower, boltz::Vector<double> const& upper) {
        std::vector<double> result(lower.begin(), lower.end());
        result.insert(result.end(), upper.begin(), upper.end());
        return result;
    }
    static void split(std::vector<double> const& numbers, boltz::Vector<T>& lower, boltz::Vector<double>& upper) {
        std::size_t at = 0;
        for (T& x : lower) x = static_cast<T>(numbers[at++]);
        for (double& x : upper) x = numbers[at++];
    }

    std::vector<boltz::Connection> connections_; // none
    boltz::Vector<T> lower_;
    boltz::Vector<double> upper_;
};

/// A function as optimizers want it: `f(x, slope)` returns the value at the numbers x and writes the derivatives.
template <class T, class F>
auto loss_of(Point<T> const& point, F f) {
    return [&point, f](boltz::ParameterSet<T>& out) {
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
