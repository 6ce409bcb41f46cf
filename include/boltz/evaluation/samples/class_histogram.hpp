// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which classes samples belong to, and whether some are missing.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/features/classification.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

/// How many cases fall to each class.
struct ClassHistogram {
    std::vector<std::size_t> counts; ///< one entry a class

    [[nodiscard]] std::size_t total() const noexcept;
    /// The share of a class; 0 without cases.
    [[nodiscard]] double share(std::size_t index) const noexcept {
        return static_cast<double>(counts[index]) / static_cast<double>(std::max<std::size_t>(total(), 1));
    }
    /// -sum_k share_k log share_k in nats: log(classes) when all are equally frequent, 0 when there is only one.
    [[nodiscard]] double entropy() const noexcept;
};

/// The classes of some cases, counted.
/// @throws ValueError if a class is not below `classes`.
[[nodiscard]] ClassHistogram class_histogram(std::span<std::size_t const> cases, std::size_t classes);

/// The classes that a classifier gives to features of samples, counted.
/// @throws as `classify`.
template <concepts::Classifier C, concepts::DataSource S>
[[nodiscard]] ClassHistogram class_histogram(C const& classifier, S const& features, Compute const& compute = {}) {
    return class_histogram(classify(classifier, features, compute), classifier.classes());
}

/// The classes of rows of labels, counts or probabilities with one column a class: the columns of the largest
/// numbers, the first of equal ones. For the label layer of particles.
/// @throws ShapeError if there is no column.
template <SampleRows R>
[[nodiscard]] ClassHistogram class_histogram(R const& labels) {
    auto const rows = detail::reading(labels);
    if (rows.columns == 0) detail::fail<ShapeError>("class_histogram: labels has 0 columns, but needs one a class");
    ClassHistogram result{std::vector<std::size_t>(rows.columns)};
    for (std::size_t i = 0; i < rows.rows; ++i) {
        auto const row = rows.row(i);
        ++result.counts[static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin())];
    }
    return result;
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/samples/class_histogram.hpp>
#endif
