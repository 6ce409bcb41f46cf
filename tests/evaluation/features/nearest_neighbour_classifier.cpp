// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/nearest_neighbour_classifier.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

namespace test_nearest_neighbour_classifier {

using namespace boltz;

namespace {

using Labels = std::vector<std::uint8_t>;

Matrix<float> column(std::initializer_list<float> numbers) {
    Matrix<float> result = xt::zeros<float>({numbers.size(), std::size_t{1}});
    std::copy(numbers.begin(), numbers.end(), result.begin());
    return result;
}

// Few different rows, so that duplicates and ties are everywhere.
Matrix<float> whole_numbers(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Matrix<float> result = xt::zeros<float>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(seed).uniform(i, 0, Block{result}.row(i));
    for (float& x : result) x = std::floor(3 * x);
    return result;
}

Labels random_labels(std::size_t rows, std::uint64_t seed) {
    Matrix<float> const draws = whole_numbers(rows, 2, seed);
    Labels result(rows);
    for (std::size_t i = 0; i < rows; ++i) result[i] = static_cast<std::uint8_t>(draws(i, 0) + 100 * draws(i, 1));
    return result;
}

// Weighs a vote by 1, and by position in the order of distances only to break ties: a class has the score
// votes - (place of its first voter) / (number of voters + 1).
std::size_t by_hand(Matrix<float> const& cases, Labels const& labels, std::span<float const> sample, std::size_t k) {
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const distance = [&](std::size_t j) {
        double sum = 0;
        for (std::size_t c = 0; c < sample.size(); ++c)
            sum += std::pow(static_cast<double>(sample[c] - cases(j, c)), 2);
        return sum;
    };
    std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return distance(i) < distance(j); });
    std::map<std::size_t, double> scores;
    for (std::size_t n = 0; n < k; ++n) {
        auto const [score, is_new] = scores.try_emplace(labels[order[n]], 0);
        score->second += 1 - (is_new ? static_cast<double>(n) / static_cast<double>(k + 1) : 0);
    }
    return std::max_element(scores.begin(), scores.end(),
                            [](auto const& a, auto const& b) { return a.second < b.second; })
        ->first;
}

} // namespace

TEST_CASE("the class is that of most of the nearest, and ties go to the closest voter", "[evaluation]") {
    auto const cases = column({1, 2, 3, 4, 5, 6});
    Labels const labels{7, 9, 9, 7, 3, 7};
    NearestNeighbourClassifier const classifier{cases, labels};
    auto const sample = column({0});
    std::vector<std::size_t> const by_votes{7, 7, 9, 7, 7, 7}; // 7; 7 9; 7 9 9; 7 9 9 7; ...
    for (std::size_t k = 1; k <= 6; ++k) CHECK(classifier.classify(sample, k) == std::vector{by_votes[k - 1]});
}

TEST_CASE("of equally close cases the first votes", "[evaluation]") {
    auto const cases = column({1, -1, 1, 1});
    Labels const labels{4, 5, 5, 5};
    NearestNeighbourClassifier const classifier{cases, labels};
    CHECK(classifier.classify(column({0}), 1) == std::vector<std::size_t>{4});
    CHECK(classifier.classify(column({0}), 2) == std::vector<std::size_t>{4});
    CHECK(classifier.classify(column({0}), 3) == std::vector<std::size_t>{5});
}

TEST_CASE("classes and error rates are those of counting by hand", "[evaluation]") {
    auto const cases = whole_numbers(700, 4, 1);
    auto const labels = random_labels(700, 2);
    auto const samples = whole_numbers(90, 4, 3);
    auto const truth = random_labels(90, 4);
    NearestNeighbourClassifier const classifier{cases, labels};
    auto const rates = classifier.error_rates(samples, truth, 12);
    REQUIRE(rates.size() == 12);
    for (std::size_t k = 1; k <= 12; ++k) {
        std::vector<std::size_t> expected;
        double wrong = 0;
        for (std::size_t i = 0; i < 90; ++i) {
            expected.push_back(by_hand(cases, labels, Block{samples}.row(i), k));
            wrong += expected.back() != truth[i] ? 1 : 0;
        }
        CHECK(classifier.classify(samples, k) == expected);
        CHECK(rates[k - 1] == wrong / 90);
        CHECK(classifier.error_rate(samples, truth, k) == wrong / 90);
    }
    CHECK(classifier.error_rates(samples, truth, 12, {.threads = 3, .block_rows = 5}) == rates);
}

TEST_CASE("sources are classified as the rows that they load", "[evaluation]") {
    auto const cases = whole_numbers(300, 6, 1);
    auto const labels = random_labels(300, 2);
    auto const samples = whole_numbers(40, 6, 3);
    CompactMatrix compact{300, 6}, compact_samples{40, 6};
    compact.store(0, Block<float const>{cases});
    compact_samples.store(0, Block<float const>{samples});
    auto const expected = NearestNeighbourClassifier{cases, labels}.classify(samples, 5);
    Matrix<float> loaded = xt::zeros<float>({std::size_t{300}, std::size_t{6}});
    Matrix<float> loaded_samples = xt::zeros<float>({std::size_t{40}, std::size_t{6}});
    std::vector<std::size_t> all(300);
    std::iota(all.begin(), all.end(), std::size_t{0});
    compact.load(all, Block{loaded}, Draws::from_seed(0));
    all.resize(40);
    compact_samples.load(all, Block{loaded_samples}, Draws::from_seed(0));
    NearestNeighbourClassifier const classifier{compact, labels};
    static_assert(std::same_as<decltype(classifier), NearestNeighbourClassifier<CompactMatrix> const>);
    auto const found = classifier.classify(compact_samples, 5);
    CHECK(found == NearestNeighbourClassifier{loaded, labels}.classify(loaded_samples, 5));
    CHECK(NearestNeighbourClassifier{MatrixSource{cases}, labels}.classify(Block{samples}, 5) == expected);
}

TEST_CASE("the classifier refuses what does not fit", "[evaluation]") {
    auto const cases = whole_numbers(8, 3, 1);
    auto const labels = random_labels(8, 2);
    CHECK_THROWS_WITH((NearestNeighbourClassifier{cases, std::span{labels}.first(7)}),
                      contains_text("7 labels") && contains_text("8 rows"));
    NearestNeighbourClassifier const classifier{cases, labels};
    auto const samples = whole_numbers(5, 3, 3);
    CHECK_THROWS_AS(classifier.classify(samples, 0), ValueError);
    CHECK_THROWS_WITH(classifier.classify(samples, 9), contains_text("count is 9") && contains_text("1 .. 8"));
    CHECK_THROWS_AS(classifier.classify(whole_numbers(5, 4, 3), 1), ShapeError);
    CHECK_THROWS_WITH(classifier.error_rate(samples, labels, 1),
                      contains_text("8 labels") && contains_text("5 rows"));
    static_assert(!std::constructible_from<NearestNeighbourClassifier<MatrixSource<float>>, Matrix<float>, Labels>);
}

} // namespace test_nearest_neighbour_classifier
