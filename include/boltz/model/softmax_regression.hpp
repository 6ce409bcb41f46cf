// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Softmax regression on given features.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// A linear classifier: p(class | x) = softmax(x W + b).
///
/// It is the upper half of an RBM with a softmax layer on top, so the library's own machinery trains it:
/// `Trainer{ConditionalLikelihood{}, Sgd{.learning_rate = 0.1}}.fit(classifier, on_layers<0, 1>(features,
/// OneHot{labels, 10}), ...)`. `weights()` has one row a feature and one column a class, `hidden().bias()` one entry
/// a class.
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

    /// p(class | row) for a block of features; `out` has one column a class. Allocates nothing.
    void probabilities(Block<T> features, Block<T> out) const {
        this->template input<1>({features, out}, out);
        this->hidden().unit().mean(out);
    }

    /// The most likely class of each case of a source, the lowest where several are.
    /// @throws ShapeError if the source has another number of columns than there are features.
    template <DataSource S>
    [[nodiscard]] std::vector<std::size_t> classify(S const& features, Compute const& compute = {}) const {
        if (features.columns() != this->visible().size())
            detail::fail<ShapeError>("SoftmaxRegression::classify: features has ", features.columns(),
                                     " columns, but there are ", this->visible().size(), " features");
        Executor executor{compute};
        std::vector<std::size_t> classes(features.rows());
        executor.for_each_block(classes.size(), [&](std::size_t first, std::size_t count) {
            Matrix<T> rows = xt::zeros<T>({count, static_cast<std::size_t>(features.columns())});
            Matrix<T> out = xt::zeros<T>({count, this->hidden().size()});
            std::vector<std::size_t> indices(count);
            std::iota(indices.begin(), indices.end(), first);
            features.load(indices, Block{rows}, Draws::from_seed(0));
            probabilities(Block{rows}, Block{out});
            for (std::size_t i = 0; i < count; ++i) {
                auto const row = Block{out}.row(i);
                classes[first + i] = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
            }
        });
        return classes;
    }

    /// The share of cases whose most likely class is not their label.
    /// @throws ShapeError if there are not as many labels as cases.
    template <DataSource S>
    [[nodiscard]] double error_rate(S const& features, std::span<std::uint8_t const> labels,
                                    Compute const& compute = {}) const {
        if (labels.size() != features.rows())
            detail::fail<ShapeError>("SoftmaxRegression::error_rate: there are ", labels.size(),
                                     " labels, but features has ", features.rows(), " rows");
        auto const classes = classify(features, compute);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < classes.size(); ++i) wrong += classes[i] != labels[i] ? 1 : 0;
        return static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(classes.size(), 1));
    }
};

} // namespace boltz
