// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The parameters of a model as a vector space.

#include <boltz/detail/reductions.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>

namespace boltz {

/// Arithmetic of sets shaped like the parameters of a model, and moves of the parameters along them.
///
/// Layers have rates: the space is that of u in parameters = point + rate * u, so a gradient in it is rate times that
/// of the parameters, and a layer with rate 0 keeps its bits. A view for one call: it refers to the model, the
/// workers and the rates. Each operation is a pass over the parameters; sums run in double precision in an order that
/// depends on sizes only. Nothing is allocated.
template <std::floating_point T>
class ParameterSpace {
  public:
    using Set = ParameterSet<T>;

    /// `rates[l]` is that of layer l; it is 1 for further layers.
    ParameterSpace(AnyParametric<T>& model, std::span<double const> rates, Executor& executor)
        : model_{&model}, rates_{rates}, executor_{&executor} {}

    /// set = parameters.
    void read(Set& set);
    /// parameters = set.
    void write(Set& set);
    /// parameters = point + step * rate * direction.
    void move(Set& point, double step, Set& direction);
    /// gradient = rate * gradient, 0 where the rate is 0.
    void scale_by_rates(Set& gradient);
    /// y = keep * y + factor * x; what y holds does not matter if `keep` is 0.
    void combine(double keep, Set& y, double factor, Set& x);
    /// The sum of x y over all parameters.
    [[nodiscard]] double dot(Set& x, Set& y);
    /// The relative precision of the coarsest parameters: of T, as those of units are in double precision.
    [[nodiscard]] static constexpr double resolution() noexcept { return std::numeric_limits<T>::epsilon(); }

  private:
    // Calls f(rate of the layer, values, set values...) for parts of the parameters, by all workers.
    template <class F, class... Sets>
    void walk(F const& f, Sets&... sets) {
        model_->for_each_parameter(
            [&](auto parameter, auto values, auto... others) {
                double const rate = parameter.layer < rates_.size() ? rates_[parameter.layer] : 1.0;
                executor_->for_each_block(values.size(), share, [&](std::size_t first, std::size_t count) {
                    f(rate, values.subspan(first, count), others.subspan(first, count)...);
                });
            },
            sets...);
    }

    template <class N>
    static N number(std::span<N>, double value) {
        return static_cast<N>(value);
    }

    static constexpr std::size_t share = 65536; // numbers that pay for handing them out
    static constexpr std::size_t max_parts = 64;

    AnyParametric<T>* model_;
    std::span<double const> rates_;
    Executor* executor_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/parameter_space.hpp>
#endif
