// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Averages of parameters over the end of a training.

#include <boltz/concepts.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>

namespace boltz {

template <std::floating_point T>
class AveragedSession;

/// Another optimizer, and the mean of the parameters after each update from epoch `first_epoch` on (Polyak &
/// Juditsky 1992). The training itself is not touched; the mean is less noisy than its last parameters.
///
/// `auto session = Trainer{PersistentCD{}, Averaged{Sgd{}, 40}, MeanField{}}.bind(dbm); session.fit(...);
/// session.optimizer().write_average(dbm);` puts the mean into the model. One more pass over the parameters an
/// update.
template <class Optimization>
struct Averaged {
    Optimization optimizer{};
    std::uint64_t first_epoch = 0; ///< the first epoch, from 0, whose updates count

    /// @throws ValueError if the inner optimizer searches along lines, or as its `bind`.
    template <concepts::Parametric M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] AveragedSession<typename M::value_type> bind(M const& model) const {
        return {detail::bind_inner("Averaged", optimizer, model), first_epoch, model};
    }
};

template <class Optimization>
Averaged(Optimization, std::uint64_t) -> Averaged<Optimization>;
template <class Optimization>
Averaged(Optimization) -> Averaged<Optimization>;

/// The inner optimizer's session, and the mean.
template <std::floating_point T>
class AveragedSession final : public detail::OptimizerAdaptor<T> {
  public:
    AveragedSession(std::unique_ptr<OptimizerSession<T>> inner, std::uint64_t first_epoch,
                    AnyParametric<T> const& model)
        : detail::OptimizerAdaptor<T>{std::move(inner)}, mean_{model.make_gradient()}, first_epoch_{first_epoch} {}

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override;
    bool finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) override;

    /// Updates that the mean is made of.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// Gives the model the mean of its parameters.
    /// @throws ValueError if no update has counted yet.
    void write_average(AnyParametric<T>& model) const;

    void archive(Archive& archive) override;

  private:
    // mean += (parameters - mean) / count
    void add(AnyParametric<T>& model, Clock const& clock, Executor& executor);

    ParameterSet<T> mean_;
    std::uint64_t first_epoch_;
    std::uint64_t count_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/averaged.hpp>
#endif
