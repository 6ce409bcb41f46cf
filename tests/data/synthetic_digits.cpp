// SPDX-License-Identifier: MIT
#include <boltz/data/synthetic_digits.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

TEST_CASE("synthetic digits have MNIST's shape and balanced labels", "[data][synthetic_digits]") {
    for (std::size_t const count : {0u, 1u, 7u, 10u, 1003u}) {
        auto const digits = boltz::synthetic_digits(count, 5);
        CHECK(digits.count == count);
        CHECK(digits.height == 28);
        CHECK(digits.width == 28);
        CHECK(digits.images.size() == count * 784);
        REQUIRE(digits.labels.size() == count);
        std::array<std::size_t, 10> counts{};
        for (auto const label : digits.labels) {
            REQUIRE(label < 10);
            ++counts[label];
        }
        auto const [least, most] = std::minmax_element(counts.begin(), counts.end());
        CHECK(*most - *least <= 1);
    }
}

TEST_CASE("the same seed gives the same digits, another seed others", "[data][synthetic_digits]") {
    auto const a = boltz::synthetic_digits(100, 1);
    auto const b = boltz::synthetic_digits(100, boltz::Draws::from_seed(1));
    auto const c = boltz::synthetic_digits(100, 2);
    CHECK(a.images == b.images);
    CHECK(a.labels == b.labels);
    CHECK(a.images != c.images);
    CHECK(a.labels != c.labels);
    CHECK_FALSE(std::is_sorted(a.labels.begin(), a.labels.end()));
}

TEST_CASE("every synthetic digit has strokes, shades and room around it", "[data][synthetic_digits]") {
    auto const digits = boltz::synthetic_digits(2000, 3);
    double ink = 0;
    double border = 0;
    for (std::size_t i = 0; i < digits.count; ++i) {
        auto const image = digits.image(i);
        double sum = 0;
        std::size_t shades = 0;
        for (std::size_t j = 0; j < image.size(); ++j) {
            sum += image[j];
            shades += image[j] > 0 && image[j] < 255;
            bool const edge = j < 28 || j >= 756 || j % 28 == 0 || j % 28 == 27;
            if (edge) border += image[j];
        }
        CHECK(sum > 255 * 10);
        CHECK(sum < 255 * 784 / 2);
        CHECK(shades > 10);
        ink += sum;
    }
    double const mean = ink / (255.0 * 784 * 2000);
    CHECK(mean > 0.08); // MNIST: 0.13
    CHECK(mean < 0.18);
    CHECK(border < 0.005 * ink);
}

TEST_CASE("the nearest mean errs at least twice as often on synthetic digits as the nearest neighbour",
          "[data][synthetic_digits]") {
    auto const digits = boltz::synthetic_digits(3000, 11);
    constexpr std::size_t training = 2500;
    std::vector<std::array<double, 784>> means(10);
    for (std::size_t i = 0; i < training; ++i)
        for (std::size_t j = 0; j < 784; ++j) means[digits.labels[i]][j] += digits.image(i)[j] / (training / 10.0);
    std::size_t wrong_means = 0;
    std::size_t wrong_neighbours = 0;
    for (std::size_t i = training; i < digits.count; ++i) {
        auto const image = digits.image(i);
        auto const nearest = [&](std::size_t candidates, auto const& pixel) {
            std::size_t best = 0;
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < candidates; ++k) {
                double distance = 0;
                for (std::size_t j = 0; j < 784; ++j) distance += std::pow(image[j] - pixel(k, j), 2);
                if (distance < least) {
                    least = distance;
                    best = k;
                }
            }
            return best;
        };
        wrong_means += nearest(10, [&](std::size_t k, std::size_t j) { return means[k][j]; }) != digits.labels[i];
        auto const neighbour = nearest(
            training, [&](std::size_t k, std::size_t j) { return static_cast<double>(digits.images[k * 784 + j]); });
        wrong_neighbours += digits.labels[neighbour] != digits.labels[i];
    }
    double const means_error = static_cast<double>(wrong_means) / 500;
    double const neighbours_error = static_cast<double>(wrong_neighbours) / 500;
    CAPTURE(means_error, neighbours_error);
    // Measured with this fixed seed: 0.33 and 0.13; the bounds leave room for another library's sines and cosines.
    CHECK(neighbours_error < 0.17);
    CHECK(means_error > 0.25);
    CHECK(means_error > 2 * neighbours_error);
}
