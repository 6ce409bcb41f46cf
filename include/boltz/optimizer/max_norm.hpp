// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A bound on the weights of each unit.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/adaptor.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace boltz {

/// Another optimizer, after whose steps the weights that feed a unit have a norm of at most `norm`: each column of
/// each W is scaled down where it is longer (Srebro & Shraibman 2005; Srivastava et al. 2014, section 5.1).
///
/// `MaxNorm{Sgd{.learning_rate = 0.1}, 4.0}`. One more pass over the weights an update, also those of frozen layers,
/// which are scaled down once if they begin longer.
template <class Optimization>
struct MaxNorm {
    Optimization optimizer{};
    double norm = 4.0; ///< the largest Euclidean norm of a column, positive

    template <concepts::Parametric M>
    class Session;

    /// @throws ValueError if `norm` is not positive, or as the inner optimizer's `bind`.
    template <concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (!(norm > 0)) detail::fail<ValueError>("MaxNorm: norm is ", norm, ", but must be positive");
        return Session<M>{*this, model};
    }
};

template <class Optimization>
MaxNorm(Optimization, double) -> MaxNorm<Optimization>;
template <class Optimization>
MaxNorm(Optimization) -> MaxNorm<Optimization>;

/// The inner optimizer's session, and room for the norms.
template <class Optimization>
template <concepts::Parametric M>
class MaxNorm<Optimization>::Session : public detail::OptimizerAdaptor<Optimization, M> {
    using Adaptor = detail::OptimizerAdaptor<Optimization, M>;
    using Adaptor::inner_;
    using T = typename M::value_type;

  public:
    Session(MaxNorm const& policy, M const& model)
        : Adaptor{policy.optimizer, model}, norm_{static_cast<T>(policy.norm)} {
        std::size_t widest = 0;
        for (std::size_t l = 0; l + 1 < M::depth; ++l) widest = std::max(widest, model.weights(l).shape(1));
        squares_.resize(widest);
    }

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        inner_.step(model, gradient, clock, executor);
        limit(model, executor);
    }

    /// What is left to do when all parts have moved; tells whether weights have changed.
    bool finish_step(M& model, Clock const& clock, Executor& executor) {
        bool const changed = this->finish_inner(model, clock, executor);
        return limit(model, executor) || changed;
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("inner", inner_);
    }

  private:
    // Workers take columns, so that sums do not depend on their number.
    bool limit(M& model, Executor& executor) {
        std::atomic<bool> changed = false;
        for (std::size_t l = 0; l + 1 < M::depth; ++l) {
            Block<T> const weights{model.weights(l)};
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
