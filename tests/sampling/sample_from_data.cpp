// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/sampling/sample_from_data.hpp>

namespace test_sample_from_data {

using namespace boltz;

TEST_CASE("chains begin at cases that are spread over the data", "[sampling]") {
    auto const model = test::bernoulli_rbm<double>(3, 2);
    Matrix<double> const data{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}};
    Random random{1};
    auto const samples = sample_from_data(model, MatrixSource{data}, {.chains = 3, .sweeps = 0}, random);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) CHECK(samples[0](i, j) == data(2 * i, j));
    auto const repeated = sample_from_data(model, MatrixSource{data}, {.chains = 12, .sweeps = 0}, random);
    for (std::size_t i = 0; i < 12; ++i)
        for (std::size_t j = 0; j < 3; ++j) CHECK(repeated[0](i, j) == data(i / 2, j));
}

// Hidden units whose conditional means given the cases differ: 0 and 1 but for e^-30.
TEST_CASE("hidden layers begin where the cases put them", "[sampling]") {
    auto model = test::bernoulli_rbm<double>(1, 1);
    model.weights(0)(0, 0) = 60;
    model.layer<1>().bias()(0) = -30;
    Matrix<double> const data{{0}, {1}};
    Random random{1};
    auto const samples = sample_from_data(model, MatrixSource{data}, {.chains = 10, .sweeps = 0}, random);
    for (std::size_t i = 0; i < 10; ++i) CHECK(samples[1](i, 0) == samples[0](i, 0));
}

// A share of 2,000 draws more than 4.5 standard errors from its mean: probability 7e-6 for each of 3 columns.
TEST_CASE("binary units begin at draws from grey cases", "[sampling][statistical]") {
    auto const model = test::bernoulli_rbm<double>(3, 2);
    Matrix<double> const data{{0.2, 0.5, 0.9}};
    Random random{2};
    std::size_t const count = 2000;
    auto const samples = sample_from_data(model, MatrixSource{data}, {.chains = count, .sweeps = 0}, random);
    for (std::size_t j = 0; j < 3; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += samples[0](i, j);
        double const p = data(0, j);
        CHECK(std::abs(sum / count - p) < 4.5 * std::sqrt(p * (1 - p) / count));
    }
}

TEST_CASE("chains at data refuse what is no data of the model", "[sampling]") {
    auto const model = test::bernoulli_rbm<double>(3, 2);
    Random random{1};
    auto untouched = random;
    auto const chains = [&](Matrix<double> const& data) {
        return sample_from_data(model, MatrixSource{data}, {.chains = 2}, random);
    };
    CHECK_THROWS_WITH(chains(xt::zeros<double>({2, 4})),
                      contains_text("data has 4 columns, but layer 0 has 3 units"));
    CHECK_THROWS_WITH(chains(xt::zeros<double>({0, 3})), contains_text("data has 0 cases"));
    // Chains begin at cases 0 and 2 of 4, and the message names the row of the data.
    CHECK_THROWS_WITH(chains({{0, 0, 1}, {0, 0, 1}, {0, 0, 2}, {0, 0, 1}}),
                      contains_text("sample_from_data: data holds 2 in row 2, column 2"));
    CHECK(random.split().key() == untouched.split().key());
}

} // namespace test_sample_from_data
