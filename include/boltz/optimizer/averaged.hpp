// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Averages of parameters over the end of a training.

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/adaptor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace boltz {

/// Another optimizer, beside which the mean of the parameters after each update from epoch `first_epoch` on is kept
/// (Polyak & Juditsky 1992). The training itself is not touched; the mean is less noisy than where it ends.
///
/// `auto session = Trainer{PersistentCD{}, Averaged{Sgd{}, 40}, MeanField{}}.bind(dbm); session.fit(...);
/// session.optimizer().write_average(dbm);` puts the mean into the model. One more pass over the parameters an
/// update.
template <class Optimization>
struct Averaged {
    Optimization optimizer{};
    std::uint64_t first_epoch = 0; ///< the first epoch, from 0, whose updates count

    template <concepts::Parametric M>
    class Session;

    /// @throws as the inner optimizer's `bind`.
    template <concepts::Parametric M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        return Session<M>{*this, model};
    }
};

template <class Optimization>
Averaged(Optimization, std::uint64_t) -> Averaged<Optimization>;
template <class Optimization>
Averaged(Optimization) -> Averaged<Optimization>;

/// The inner optimizer's session, and the mean.
template <class Optimization>
template <concepts::Parametric M>
class Averaged<Optimization>::Session : public detail::OptimizerAdaptor<Optimization, M> {
    using Adaptor = detail::OptimizerAdaptor<Optimization, M>;
    using Adaptor::inner_;

  public:
    Session(Averaged const& policy, M const& model)
        : Adaptor{policy.optimizer, model}, mean_{model.make_gradient()}, first_epoch_{policy.first_epoch} {}

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        inner_.step(model, gradient, clock, executor);
        add(model, clock, executor);
    }

    bool finish_step(M& model, Clock const& clock, Executor& executor) {
        bool const changed = this->finish_inner(model, clock, executor);
        add(model, clock, executor);
        return changed;
    }

    /// Updates that the mean is made of.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// Gives the model the mean of its parameters.
    /// @throws ValueError if no update has counted yet.
    void write_average(M& model) const {
        if (count_ == 0)
            detail::fail<ValueError>("Averaged::write_average: first_epoch is ", first_epoch_,
                                     ", and no update has been made from there on");
        auto mean = mean_;
        model.for_each_parameter(
            [](auto, auto values, auto means) { std::copy(means.begin(), means.end(), values.begin()); }, mean);
    }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("inner", inner_);
        archive.nested("mean", mean_);
        archive("count", count_);
    }

  private:
    // mean += (parameters - mean) / count
    void add(M& model, Clock const& clock, Executor& executor) {
        if (clock.epoch < first_epoch_) return;
        ++count_;
        double const share = 1.0 / static_cast<double>(count_);
        model.for_each_parameter(
            [&]<class T>(auto, std::span<T> values, std::span<T> means) {
                executor.for_each_block(values.size(), 65536, [&](std::size_t first, std::size_t count) {
                    T* const mean = means.data() + first;
                    detail::weighted_sum<T>(mean, static_cast<T>(1 - share), values.data() + first,
                                            static_cast<T>(share), mean, count);
                });
            },
            mean_);
    }

    typename M::Gradient mean_;
    std::uint64_t first_epoch_;
    std::uint64_t count_ = 0;
};

} // namespace boltz
