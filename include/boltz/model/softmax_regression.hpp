// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Softmax regression on given features.

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace boltz {

/// A linear classifier: p(class | x) = softmax(x W + b).
///
/// It is the upper half of an RBM with a softmax layer on top, so the library's own machinery trains it:
/// `Trainer{ConditionalLikelihood{}, Sgd{.learning_rate = 0.1}}.fit(classifier, on_layers<0, 1>(features,
/// OneHot{labels, 10}), ...)`. `weights()` has one row a feature and one column a class, `hidden().bias()` one entry
/// a class. `classify` and `error_rate` (evaluation/classification.hpp) use it.
template <std::floating_point T = float>
class SoftmaxRegression : public RBM<StochasticLayer<Gaussian, T>, StochasticLayer<Multinomial, T>> {
    using Base = RBM<StochasticLayer<Gaussian, T>, StochasticLayer<Multinomial, T>>;

  public:
    /// All parameters 0: every class equally likely.
    /// @throws ValueError if a size is 0.
    SoftmaxRegression(std::size_t features, std::size_t classes)
        : Base{StochasticLayer<Gaussian, T>{features}, StochasticLayer<Multinomial, T>{classes}} {}

    /// The classifier of two given layers, as a file has them.
    SoftmaxRegression(StochasticLayer<Gaussian, T> features, StochasticLayer<Multinomial, T> classes)
        : Base{std::move(features), std::move(classes)} {}

    [[nodiscard]] std::size_t inputs() const noexcept { return this->visible().size(); }
    [[nodiscard]] std::size_t classes() const noexcept { return this->hidden().size(); }

    /// p(class | row) for a block of features; `out` has one column a class. Allocates nothing.
    void probabilities(Block<T> features, Block<T> out) const {
        this->template input<1>({features, out}, out);
        this->hidden().unit().mean(out);
    }
};

} // namespace boltz
