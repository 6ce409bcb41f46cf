// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a classifier makes of cases.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/executor.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace boltz {

namespace concepts {

/// Something that gives classes to rows of numbers: `inputs()` columns in, `classes()` probabilities out.
template <class C>
concept Classifier = std::floating_point<typename C::value_type> &&
    requires(C const& classifier, Block<typename C::value_type> rows) {
    { classifier.inputs() } -> std::same_as<std::size_t>;
    { classifier.classes() } -> std::same_as<std::size_t>;
    classifier.probabilities(rows, rows);
};

} // namespace concepts

namespace detail {

/// `f(first, probabilities)` for blocks of cases, by several workers at once.
template <concepts::Classifier C, concepts::DataSource S, class F>
void for_each_probability(C const& classifier, S const& features, Compute const& compute, char const* function,
                          F&& f) {
    using T = typename C::value_type;
    if (features.columns() != classifier.inputs())
        fail<ShapeError>(function, ": features has ", features.columns(), " columns, but the classifier takes ",
                         classifier.inputs());
    Executor executor{compute};
    executor.for_each_block(features.rows(), [&](std::size_t first, std::size_t count) {
        Matrix<T> rows = zero_matrix<T>(count, classifier.inputs());
        Matrix<T> out = zero_matrix<T>(count, classifier.classes());
        std::vector<std::size_t> indices(count);
        std::iota(indices.begin(), indices.end(), first);
        features.load(indices, Block{rows}, Draws::from_seed(0).from_row(first));
        classifier.probabilities(Block{rows}, Block{out});
        for (std::size_t i = 0; i < count; ++i)
            for (T const p : Block<T const>{out}.row(i))
                if (!std::isfinite(p))
                    fail<ValueError>(function, ": the classifier gives case ", first + i, " a probability of ", p,
                                     ", as after a training that diverged");
        f(first, Block<T const>{out});
    });
}

template <concepts::DataSource S>
void check_labels(S const& features, std::span<std::uint8_t const> labels, char const* function) {
    if (labels.size() != features.rows())
        fail<ShapeError>(function, ": there are ", labels.size(), " labels, but features has ", features.rows(),
                         " rows");
}

} // namespace detail

/// The most likely class of each case of a source, the lowest where several are.
/// @throws ShapeError if the source has another number of columns than the classifier takes; ValueError if a
/// probability is not a finite number.
template <concepts::Classifier C, concepts::DataSource S>
[[nodiscard]] std::vector<std::size_t> classify(C const& classifier, S const& features, Compute const& compute = {}) {
    std::vector<std::size_t> classes(features.rows());
    detail::for_each_probability(classifier, features, compute, "classify", [&](std::size_t first, auto const& out) {
        for (std::size_t i = 0; i < out.rows; ++i) {
            auto const row = out.row(i);
            classes[first + i] = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        }
    });
    return classes;
}

/// The share of cases whose most likely class is not their label; 0 for no cases.
/// @throws ShapeError if there are not as many labels as cases, or as `classify`.
template <concepts::Classifier C, concepts::DataSource S>
[[nodiscard]] double error_rate(C const& classifier, S const& features, std::span<std::uint8_t const> labels,
                                Compute const& compute = {}) {
    detail::check_labels(features, labels, "error_rate");
    auto const classes = classify(classifier, features, compute);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) wrong += classes[i] != labels[i] ? 1 : 0;
    return static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(classes.size(), 1));
}

/// The mean over cases of -log p(label | case), in nats; infinite where a label has probability 0.
/// @throws ShapeError as `error_rate`; ValueError if a label is not below the number of classes.
template <concepts::Classifier C, concepts::DataSource S>
[[nodiscard]] double cross_entropy(C const& classifier, S const& features, std::span<std::uint8_t const> labels,
                                   Compute const& compute = {}) {
    detail::check_labels(features, labels, "cross_entropy");
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= classifier.classes())
            detail::fail<ValueError>("cross_entropy: label ", i, " is ", int{labels[i]}, ", but there are ",
                                     classifier.classes(), " classes");
    std::vector<double> losses(labels.size());
    detail::for_each_probability(
        classifier, features, compute, "cross_entropy", [&](std::size_t first, auto const& out) {
            for (std::size_t i = 0; i < out.rows; ++i)
                losses[first + i] = -std::log(static_cast<double>(out(i, labels[first + i])));
        });
    double const sum = std::accumulate(losses.begin(), losses.end(), 0.0);
    return sum / static_cast<double>(std::max<std::size_t>(losses.size(), 1));
}

} // namespace boltz
