// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whether samples can be told from data by their nearest neighbours.

#include <boltz/compute.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/samples/nearest_neighbours.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>

#include <cstddef>

namespace boltz {

/// How often the nearest neighbour of a case is of its own set.
struct AdversarialAccuracy {
    double of_data = 0;    ///< share of the data whose nearest other datum is closer than the nearest sample
    double of_samples = 0; ///< share of the samples whose nearest other sample is closer than the nearest datum

    /// AA_TS, the mean of both.
    [[nodiscard]] double mean() const noexcept { return (of_data + of_samples) / 2; }
};

/// The accuracy of a nearest-neighbour adversary that tells samples from data (Yale, Dash, Dutta, Guyon, Pavao &
/// Bennett 2020, "Generation and evaluation of privacy preserving synthetic health data", Neurocomputing 416; for
/// RBMs Decelle, Furtlehner & Seoane 2021, NeurIPS).
///
/// Two sets of n cases from one distribution give (n - 1) / (2 n - 1) in both halves, a half short of 1 / (4 n - 2).
/// Near 1: samples and data lie apart, or samples cover some modes only; near 0: samples are copies of data. High for
/// the data and low for the samples: samples spread wider than the data; the other way round: they are bunched. Equal
/// distances, which states have, count half. Four searches of all pairs; see `nearest_neighbours`.
/// @throws ShapeError if the sets differ in columns or rows, or have fewer than 2 rows.
template <SampleRows S, SampleRows D>
[[nodiscard]] AdversarialAccuracy adversarial_accuracy(S const& samples, D const& data, Compute const& compute = {}) {
    auto const synthetic = detail::reading(samples);
    auto const truth = detail::reading(data);
    detail::check_comparable<typename decltype(truth)::value_type>(synthetic, truth, 2, "adversarial_accuracy");
    if (synthetic.rows != truth.rows)
        detail::fail<ShapeError>("adversarial_accuracy: samples has ", synthetic.rows, " rows, but data has ",
                                 truth.rows);
    auto const half = [&](auto const& own, auto const& other) {
        auto const inside = nearest_neighbours(own, own, compute, SelfMatch::excluded).distances;
        auto const outside = nearest_neighbours(own, other, compute).distances;
        double count = 0;
        for (std::size_t i = 0; i < inside.size(); ++i)
            count += outside[i] > inside[i] ? 1 : outside[i] == inside[i] ? 0.5 : 0;
        return count / static_cast<double>(inside.size());
    };
    return {.of_data = half(truth, synthetic), .of_samples = half(synthetic, truth)};
}

} // namespace boltz
