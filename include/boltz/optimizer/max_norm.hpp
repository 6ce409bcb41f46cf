// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A bound on the weights of each unit.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
class MaxNormSession;

/// Another optimizer, after whose steps the weights that feed a unit have a norm of at most `norm`: each column of
/// each W is scaled down where it is longer (Srebro & Shraibman 2005; Srivastava et al. 2014, section 5.1).
///
/// `MaxNorm{Sgd{.learning_rate = 0.1}, 4.0}`. One more pass over the weights an update, also those of frozen layers,
/// which are scaled down once if they begin longer.
template <class Optimization>
struct MaxNorm {
    Optimization optimizer{};
    double norm = 4.0; ///< the largest Euclidean norm of a column, positive

    /// @throws ValueError if `norm` is not positive or the inner optimizer searches along lines, or as its `bind`.
    template <concepts::Parametric M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] MaxNormSession<typename M::value_type> bind(M const& model) const {
        if (!(norm > 0)) detail::fail<ValueError>("MaxNorm: norm is ", norm, ", but must be positive");
        return {detail::bind_inner("MaxNorm", optimizer, model), norm, model};
    }
};

template <class Optimization>
MaxNorm(Optimization, double) -> MaxNorm<Optimization>;
template <class Optimization>
MaxNorm(Optimization) -> MaxNorm<Optimization>;

/// The inner optimizer's session, and room for the norms.
template <std::floating_point T>
class MaxNormSession final : public detail::OptimizerAdaptor<T> {
  public:
    MaxNormSession(std::unique_ptr<OptimizerSession<T>> inner, double norm, AnyParametric<T> const& model)
        : detail::OptimizerAdaptor<T>{std::move(inner)}, norm_{static_cast<T>(norm)} {
        std::size_t widest = 0;
        for (std::size_t c = 0; c < model.weight_connections().size(); ++c)
            widest = std::max(widest, model.weight_block(c).columns);
        squares_.resize(widest);
    }

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override {
        this->inner().step(model, gradient, clock, executor);
        limit(model, executor);
    }
    bool finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) override {
        bool const changed = this->inner().finish_step(model, clock, executor);
        return limit(model, executor) || changed;
    }

  private:
    // Workers take columns, so that sums do not depend on their number.
    bool limit(AnyParametric<T>& model, Executor& executor) {
        std::atomic<bool> changed = false;
        for (std::size_t c = 0; c < model.weight_connections().size(); ++c) {
            Block<T> const weights = model.weight_block(c);
            executor.for_each_block(weights.columns, 128, [&](std::size_t first, std::size_t count) {
                T* const squares = squares_.data() + first;
                std::fill_n(squares, count, T{0});
                for (std::size_t i = 0; i < weights.rows; ++i)
                    detail::add_squares(squares, weights.row(i).data() + first, count, T{1});
                for (std::size_t j = 0; j < count; ++j) {
                    if (!(squares[j] > norm_ * norm_)) continue;
                    T const factor = norm_ / std::sqrt(squares[j]);
                    for (std::size_t i = 0; i < weights.rows; ++i) weights(i, first + j) *= factor;
                    changed = true;
                }
            });
        }
        return changed;
    }

    T norm_;
    std::vector<T> squares_;
};

} // namespace boltz
