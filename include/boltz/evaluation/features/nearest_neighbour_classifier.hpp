// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Classes by the vote of the closest labelled cases.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/samples/nearest_neighbours.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// The k-nearest-neighbour classifier (Cover & Hart 1967, "Nearest neighbor pattern classification", IEEE
/// Transactions on Information Theory 13): the class that most of the k closest labelled cases have.
///
/// Of classes with equally many votes the one wins that has the closest voter; so k = 2 classifies as k = 1 does.
/// Distances are Euclidean, see `nearest_neighbours`, which also has the cost. It learns nothing, so it shows how
/// well features keep the cases of a class together. Cases are a matrix, rows of one, which must outlive the
/// classifier, or a source such as `compact_features` makes; the labels are copied.
template <concepts::DataSource Cases>
class NearestNeighbourClassifier {
  public:
    /// @throws ShapeError if there are not as many labels as cases.
    template <SampleCases Data>
    NearestNeighbourClassifier(Data const& cases, std::span<std::uint8_t const> labels)
        : cases_{detail::case_source(cases)}, labels_(labels.begin(), labels.end()) {
        check_labels(cases_, labels.size(), "NearestNeighbourClassifier", "cases");
    }
    /// Deleted for temporaries: the classifier only refers to its data.
    template <class T>
    NearestNeighbourClassifier(Matrix<T>&&, std::span<std::uint8_t const>) = delete;

    /// The class of each of other cases, by `neighbours` votes.
    /// @throws as `nearest_neighbours`.
    template <SampleCases S>
    [[nodiscard]] std::vector<std::size_t> classify(S const& features, std::size_t neighbours,
                                                    Compute const& compute = {}) const {
        auto const found = nearest_neighbours(features, cases_, compute, SelfMatch::allowed, neighbours);
        std::vector<std::size_t> classes;
        for (std::size_t i = 0; i * neighbours < found.indices.size(); ++i)
            vote(found.of(i), [&](std::size_t voters, std::uint8_t winner) {
                if (voters == neighbours) classes.push_back(winner);
            });
        return classes;
    }

    /// The shares of cases whose class is not their label, by 1, 2, ... `most` votes, from one search: the number of
    /// votes with the least share in validation cases is the one to take.
    /// @throws ShapeError if there are not as many labels as features have rows, and as `nearest_neighbours`.
    template <SampleCases S>
    [[nodiscard]] std::vector<double> error_rates(S const& features, std::span<std::uint8_t const> labels,
                                                  std::size_t most, Compute const& compute = {}) const {
        check_labels(detail::case_source(features), labels.size(), "NearestNeighbourClassifier::error_rates",
                     "features");
        auto const found = nearest_neighbours(features, cases_, compute, SelfMatch::allowed, most);
        std::vector<double> rates(most);
        for (std::size_t i = 0; i < labels.size(); ++i)
            vote(found.of(i), [&](std::size_t voters, std::uint8_t winner) {
                if (winner != labels[i]) ++rates[voters - 1];
            });
        for (double& rate : rates) rate /= static_cast<double>(labels.size());
        return rates;
    }

    /// The share of cases whose class by `neighbours` votes is not their label.
    /// @throws as `error_rates`.
    template <SampleCases S>
    [[nodiscard]] double error_rate(S const& features, std::span<std::uint8_t const> labels, std::size_t neighbours,
                                    Compute const& compute = {}) const {
        return error_rates(features, labels, neighbours, compute).back();
    }

  private:
    template <concepts::DataSource S>
    static void check_labels(S const& cases, std::size_t labels, char const* function, char const* name) {
        if (labels != cases.rows())
            detail::fail<ShapeError>(function, ": there are ", labels, " labels, but ", name, " has ", cases.rows(),
                                     " rows");
    }

    /// Calls `use(voters, winner)` for 1, 2, ... of the neighbours.
    template <class Use>
    void vote(std::span<std::size_t const> neighbours, Use&& use) const {
        std::array<std::size_t, 256> votes{};
        std::size_t highest = 0;
        for (std::size_t voters = 1; voters <= neighbours.size(); ++voters) {
            highest = std::max(highest, ++votes[labels_[neighbours[voters - 1]]]);
            auto const closest = std::find_if(neighbours.begin(), neighbours.end(), [&](std::size_t neighbour) {
                return votes[labels_[neighbour]] == highest;
            });
            use(voters, labels_[*closest]);
        }
    }

    Cases cases_;
    std::vector<std::uint8_t> labels_;
};

template <SampleCases Data>
NearestNeighbourClassifier(Data const&, std::span<std::uint8_t const>)
    -> NearestNeighbourClassifier<decltype(detail::case_source(std::declval<Data const&>()))>;

} // namespace boltz
