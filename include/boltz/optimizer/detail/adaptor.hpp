// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What optimizers that wrap another one have in common.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace boltz::detail {

/// The session of the optimizer within a wrapper called `name`.
/// @throws ValueError if it searches along lines: there is no gradient to change and no single step to follow; or as
/// its `bind`.
template <class Optimization, concepts::Parametric M>
[[nodiscard]] std::unique_ptr<OptimizerSession<typename M::value_type>>
bind_inner(std::string_view name, Optimization const& optimization, M const& model) {
    using Session = decltype(optimization.bind(model));
    std::unique_ptr<OptimizerSession<typename M::value_type>> inner{new Session(optimization.bind(model))};
    if (inner->searches())
        fail<ValueError>(name, ": the optimizer within searches along lines, but must move along a gradient");
    return inner;
}

/// Refuses a model whose weights are not one matrix for each connection of its graph.
/// @throws ValueError
template <std::floating_point T>
void check_weights_of_graph(std::string_view name, AnyModel<T> const& model);

/// The session of the inner optimizer, and what every wrapper passes on to it: rates, and what it observes. A wrapper
/// that changes the gradient needs the whole of it.
template <std::floating_point T>
class OptimizerWrapper : public OptimizerSession<T> {
  public:
    explicit OptimizerWrapper(std::unique_ptr<OptimizerSession<T>> inner) : inner_{std::move(inner)} {}

    [[nodiscard]] bool has_rate() const noexcept override { return inner_->has_rate(); }
    void scale_rate(double factor) override { inner_->scale_rate(factor); }
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const override {
        return inner_->frozen(layer, clock);
    }
    void observe(Phase<T> const& data, Clock const& clock) override { inner_->observe(data, clock); }
    void archive(Archive& archive) override { archive.nested("inner", *inner_); }

  protected:
    [[nodiscard]] OptimizerSession<T>& inner() noexcept { return *inner_; }
    [[nodiscard]] OptimizerSession<T> const& inner() const noexcept { return *inner_; }

  private:
    std::unique_ptr<OptimizerSession<T>> inner_;
};

/// A wrapper that leaves the inner optimizer its steps by parts.
template <std::floating_point T>
class OptimizerAdaptor : public OptimizerWrapper<T> {
  public:
    using OptimizerWrapper<T>::OptimizerWrapper;

    [[nodiscard]] bool by_parts() const noexcept override { return this->inner().by_parts(); }
    void step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                      WeightRows const& rows) override;
    void step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) override;
    bool finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) override {
        return this->inner().finish_step(model, clock, executor);
    }
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/detail/adaptor.hpp>
#endif
